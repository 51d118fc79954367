import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, isAlive, type ProcessIdentity } from '../setup/lock.mjs';

/** Signals a whole process group, by its leader's number. A group that is gone, or all zombies, is no error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  // To the system, 0 and 1 stand for our own group and for every process there is.
  if (!Number.isInteger(leader) || leader < 2) throw new RangeError(`${leader} is no process group`);
  try {
    process.kill(-leader, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

/** Dying takes a moment, and zombies count as members until somebody collects them. */
const GONE_MS = 1_000;

/**
 * Ends a group that somebody else left behind: politely first, since an emulator or a broker has state to save.
 * A leader that is another process by now is left alone.
 */
export async function endGroup(leader: ProcessIdentity, patienceMs: number): Promise<void> {
  const there = isAlive(leader);
  // A group without its leader is still ours: its number is not given to anybody else as long as it has members.
  if (!there && identityOf(leader.pid).started !== null) return;
  signalGroup(leader.pid, 'SIGTERM');
  for (const deadline = Date.now() + patienceMs; isAlive(leader) && Date.now() < deadline; ) await sleep(50);
  signalGroup(leader.pid, 'SIGKILL');
  for (const deadline = Date.now() + GONE_MS; groupExists(leader.pid) && Date.now() < deadline; ) await sleep(20);
}

function groupExists(leader: number): boolean {
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}
