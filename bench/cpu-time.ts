import { readFileSync } from 'node:fs';

/* Seconds of processor time, as Linux counts them. */

/** A second, in what `/proc` counts. */
const TICKS = 100;

/** What this process took, and all programs that it has run and that have ended. */
export function cpuOfOurs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + childrenOf('self');
}

/** What another process took, and all programs that it has run and that have ended. */
export function cpuOfProcess(pid: number): number {
  const [own = 0, system = 0] = timesOf(String(pid));
  return own + system + childrenOf(String(pid));
}

/** What all processors together were busy since the machine started. */
export function cpuOfMachine(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  )
    .split(' ')
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS;
}

function childrenOf(pid: string): number {
  const [, , user = 0, system = 0] = timesOf(pid);
  return user + system;
}

/** Its own, user and system, and its children's. */
function timesOf(pid: string): number[] {
  // The name, in parentheses, may hold spaces. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return fields.slice(11, 15).map((ticks) => Number(ticks) / TICKS);
}
