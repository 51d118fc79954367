import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One that cannot run must not keep the machine busy. */
const REPLACE_MS = 500;

export interface Watch {
  /** The group of this leader must not outlive us. */
  add(leader: number): void;
  remove(leader: number): void;
  /** Only when every group is gone. */
  close(): void;
}

/** Starts the watchdog, and another one if that is killed. */
export function startWatch(): Watch {
  const leaders = new Set<number>();
  let closed = false;
  let dog = release();
  return {
    add(leader) {
      leaders.add(leader);
      tell(`+ ${leader}`);
    },
    remove(leader) {
      leaders.delete(leader);
      tell(`- ${leader}`);
    },
    close() {
      closed = true;
      dog.stdin?.end();
    },
  };

  function release(): ChildProcess {
    const script = fileURLToPath(new URL('watchdog.ts', import.meta.url));
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    child.unref();
    child.stdin?.on('error', () => {});
    child.once('exit', () => setTimeout(replace, REPLACE_MS).unref());
    return child;
  }

  function replace(): void {
    if (closed) return;
    dog = release();
    for (const leader of leaders) tell(`+ ${leader}`);
  }

  function tell(line: string): void {
    dog.stdin?.write(`${line}\n`);
  }
}
