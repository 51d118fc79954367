/** Below this share nothing can be said: the start of a job is not like the rest of it. */
const ENOUGH_PERCENT = 5;

/** How fast one job goes, and so how long it will take. */
export interface Pace {
  /** A job begins. */
  begin(): void;
  /** It has come this far, 0 to 100. */
  reached(percent: number): void;
  end(): void;
  /** Milliseconds until the job in hand will be done; 0 without one, `Infinity` while that cannot be said. */
  remainingMs(): number;
}

/** @param now a clock in milliseconds that only goes forward */
export function pace(now: () => number = () => performance.now()): Pace {
  let job: { began: number; percent: number } | undefined;
  return {
    begin: () => {
      job = { began: now(), percent: 0 };
    },
    reached: (percent) => {
      if (job) job.percent = Math.max(job.percent, percent);
    },
    end: () => {
      job = undefined;
    },
    remainingMs: () => {
      if (!job) return 0;
      if (job.percent < ENOUGH_PERCENT) return Number.POSITIVE_INFINITY;
      return ((now() - job.began) * (100 - job.percent)) / job.percent;
    },
  };
}
