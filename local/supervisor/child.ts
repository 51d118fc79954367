import { spawn } from 'node:child_process';
import { LocalError } from '../errors.ts';
import { endingWithParent } from '../setup/tools.mjs';
import { signalGroup } from './group.ts';
import type { Part } from './part.ts';

export interface Exit {
  /** "code 1", "SIGKILL". */
  how: string;
  /** Nobody killed it. */
  byItself: boolean;
}

/** A part's process, with everything that it starts in one group. */
export interface Running {
  pid: number;
  startedAt: number;
  exited: Promise<Exit>;
  /** Asks it to stop, and kills what is left of its group when it has or when time is up. */
  stop(): Promise<void>;
  /** Kills the whole group at once. */
  kill(): void;
}

/**
 * Starts a part as the leader of its own group, so that a terminal's Ctrl-C reaches only us and all of it can be ended
 * together. It gets SIGTERM when we die, where the system can do that.
 *
 * @throws LocalError `missing_tool` when the program cannot be started
 */
export async function launch(part: Part, onOutput: (chunk: Buffer) => void): Promise<Running> {
  const [command, args] = endingWithParent(part.command, part.args);
  const child = spawn(command, args, {
    env: part.env,
    cwd: part.cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ how: signal ?? `code ${code}`, byItself: signal === null }));
  });
  child.stdout.on('data', onOutput);
  child.stderr.on('data', onOutput);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(new LocalError('missing_tool', `${part.name} cannot be started: ${cause.message}`, { cause }));
    });
  });
  const pid = child.pid ?? 0;
  const startedAt = Date.now();
  // Whatever it left in its group: nothing of it may hold a port or a file when it is started again.
  const gone = exited.then(() => signalGroup(pid, 'SIGKILL'));
  return {
    pid,
    startedAt,
    exited: gone.then(() => exited),
    async stop() {
      child.kill('SIGTERM');
      const tooLate = setTimeout(() => signalGroup(pid, 'SIGKILL'), part.stopMs);
      await gone;
      clearTimeout(tooLate);
    },
    kill: () => signalGroup(pid, 'SIGKILL'),
  };
}
