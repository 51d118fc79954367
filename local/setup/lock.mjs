// @ts-check
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A process, told from later ones with the same number by when it started.
 *
 * @typedef {{ pid: number, started: string | null }} ProcessIdentity
 */

/** @param {number} [pid] @returns {ProcessIdentity} */
export function identityOf(pid = process.pid) {
  return { pid, started: startOf(pid) };
}

/** Whether this very process still runs. @param {ProcessIdentity} identity */
export function isAlive({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, but under another user.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') return false;
  }
  return started !== null && startOf(pid) === started;
}

/**
 * Takes a lock: a file that names its holder. A holder that died does not hold it any more.
 *
 * @param {string} path
 * @returns {{ release: () => void } | { holder: ProcessIdentity }}
 */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  // Written aside and linked, so that no other process ever sees a lock without its holder's name.
  writeFileSync(own, JSON.stringify(identityOf()));
  try {
    for (;;) {
      if (link(own, path)) return { release: () => rmSync(path, { force: true }) };
      const holder = read(path);
      if (holder && isAlive(holder)) return { holder };
      if (holder) removeDead(path, holder);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Moves a dead holder's file aside before deleting it: somebody else may have cleared it and locked in between, and
 * then gets the lock back.
 *
 * @param {string} path @param {ProcessIdentity} dead
 */
function removeDead(path, dead) {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (moved && (moved.pid !== dead.pid || moved.started !== dead.started)) link(aside, path);
  rmSync(aside, { force: true });
}

/** @param {string} from @param {string} to */
function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} path @returns {ProcessIdentity | undefined} nothing when there is no such file */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    // Not ours, or damaged: nobody's.
    return { pid: 0, started: 'damaged' };
  }
}

/** When a process started, in the system's own terms; null when there is none (a zombie is none). @param {number} pid */
function startOf(pid) {
  if (process.platform === 'linux') {
    try {
      // The name in the second field may hold anything; the state follows it, and the start time 19 fields on.
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? null : (fields[19] ?? null);
    } catch {
      return null;
    }
  }
  try {
    const [state, ...start] = execFileSync('ps', ['-p', String(pid), '-o', 'state=', '-o', 'lstart='], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+/);
    return !state || state.startsWith('Z') ? null : start.join(' ');
  } catch {
    return null;
  }
}
