// @ts-check
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, SetupError } from './say.mjs';
import { endingWithParent, findProgram } from './tools.mjs';

/** @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage */
/** @typedef {{ packages?: Record<string, LockedPackage> }} LockFile */

/** For when there is no answer anyway. */
const HASTY = ['--fetch-retries=0', '--fetch-timeout=20000'];

/** @param {string} root the repository */
export const nodeProgram = (root) => join(root, 'node_modules', '.bin', 'node');

/**
 * Whether node_modules is what package-lock.json says. Remembered by the lock file's hash, inside node_modules, so that
 * deleting the one forgets the other.
 *
 * @param {string} root
 */
export function npmPackagesAreCurrent(root) {
  if (!existsSync(nodeProgram(root))) return false;
  const hash = hashOfLock(root);
  if (readText(stampOf(root)) === hash) return true;
  // Somebody ran npm by hand: no need to do it again.
  const installed = readText(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  if (!isInstalled(JSON.parse(readFileSync(lockOf(root), 'utf8')), JSON.parse(installed))) return false;
  writeFileSync(stampOf(root), hash);
  return true;
}

/** @param {string} root */
export async function installNpmPackages(root) {
  const hash = hashOfLock(root);
  const { command, args, env } = npm(root);
  // Without a network npm would try every package again and again, for many minutes.
  const ping = spawnSync(command, [...args, 'ping', ...HASTY], { cwd: root, env, stdio: 'ignore', timeout: 30_000 });
  const options = ['--no-audit', '--no-fund', '--loglevel=error', ...(ping.status === 0 ? [] : HASTY)];
  await run('npm packages', ...endingWithParent(command, [...args, 'ci', ...options]), {
    cwd: root,
    env,
    advice: 'Check the network (npm ping) and try again; npm ci in this folder shows more.',
  });
  if (!existsSync(nodeProgram(root))) {
    throw new SetupError(
      'npm did not install Node 24, because it may not run install scripts here: allow them (npm config delete ignore-scripts) and try again.',
    );
  }
  writeFileSync(stampOf(root), hash);
}

/**
 * Whether npm's record of what it installed satisfies the lock file. Optional packages may be missing: they are made
 * for other systems, or failed to install.
 *
 * @param {LockFile} lock @param {LockFile} installed
 */
export function isInstalled(lock, installed) {
  return Object.entries(lock.packages ?? {}).every(([path, wanted]) => {
    if (path === '') return true;
    const there = installed.packages?.[path];
    return there ? there.version === wanted.version : wanted.optional === true;
  });
}

/**
 * The npm that runs us, or the one on the PATH; never on the Node that is about to be replaced.
 *
 * @param {string} root
 */
function npm(root) {
  const bin = join(root, 'node_modules', '.bin');
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== bin);
  const env = { ...process.env, PATH: path.join(delimiter) };
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script?.endsWith('npm-cli.js') && node && existsSync(node)) return { command: node, args: [script], env };
  const program = findProgram('npm', { path: env.PATH });
  if (!program) throw new SetupError('npm is missing: install Node 20 or newer with npm (https://nodejs.org).');
  return { command: program, args: [], env };
}

/** @param {string} root */
const lockOf = (root) => join(root, 'package-lock.json');
/** @param {string} root */
const stampOf = (root) => join(root, 'node_modules', '.reelight-lock-hash');
/** @param {string} root */
const hashOfLock = (root) =>
  createHash('sha256')
    .update(readFileSync(lockOf(root)))
    .digest('hex');

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
