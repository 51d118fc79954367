import type { Ended } from './run.ts';

/** User and system time, from what `-benchmark` prints at the end: "bench: utime=9.647s stime=0.539s rtime=5.795s". */
export function cpuOf({ stderr }: Pick<Ended, 'stderr'>): number {
  const [, user = 0, system = 0] = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? [];
  return Number(user) + Number(system);
}
