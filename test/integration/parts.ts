import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject } from 'vitest';

/* The processes of the pipeline under test, as the supervisor and the kernel know them. */

const runFolder = inject('runFolder');
const home = inject('home');

/** The parts that run, by name. */
function parts(): { name: string; pid: number }[] {
  return readdirSync(runFolder)
    .filter((file) => file.endsWith('.part'))
    .map((file) => ({
      name: file.replace(/\.part$/, ''),
      pid: JSON.parse(readFileSync(join(runFolder, file), 'utf8')).leader.pid as number,
    }));
}

/** Kills the parts of that name by SIGKILL; there has to be one. */
export function kill(name: RegExp): void {
  const victims = parts().filter((part) => name.test(part.name));
  expect(victims.length).toBeGreaterThan(0);
  for (const { pid } of victims) process.kill(pid, 'SIGKILL');
}

export function isRunning(pid: number): boolean {
  try {
    // A zombie is dead, too.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The encoders of our workers, by process: they write below this home. */
export function encoders(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command.includes('libx264') && command.includes(join(home, 'scratch'));
      } catch {
        return false;
      }
    });
}
