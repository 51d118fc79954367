import type { Meter } from '../../core/ports/index.ts';
import { NOTHING_SPENT, type Spent } from '../../core/spent.ts';
import { type Counted, tally } from './tally.ts';

/** What is paid for by the second. */
export interface Machine {
  /** 0 for a function, which is paid by its memory. */
  vcpus: number;
  gib: number;
}

export interface RunningMeter extends Meter {
  /** Everything that the task does in here is counted as its own. */
  during<T>(task: () => Promise<T>): Promise<T>;
}

interface Run extends Counted {
  seconds: number;
}

/**
 * Counts time and requests, task by task. While several tasks run at once, each is charged its share of the time, so that
 * all of them together are charged what the machine was there for.
 *
 * @param clock in seconds, which never goes back
 */
export function createMeter(machine: Machine, clock = () => performance.now() / 1000): RunningMeter {
  const running = new Set<Run>();
  let seen = clock();

  /** To be called before anybody comes or goes, and before anybody looks. */
  const share = () => {
    const now = clock();
    for (const run of running) run.seconds += (now - seen) / running.size;
    seen = now;
  };

  return {
    async during(task) {
      share();
      const run: Run = { ...NOTHING_SPENT };
      running.add(run);
      try {
        return await tally.run(run, task);
      } finally {
        share();
        running.delete(run);
      }
    },

    taken(): Spent {
      const run = tally.getStore();
      if (!run || !isRun(run)) return NOTHING_SPENT;
      share();
      const { seconds, s3_writes, s3_reads, table_writes, table_reads, messages } = run;
      return {
        runs: 1,
        seconds: toThousandth(seconds),
        vcpu_seconds: toThousandth(seconds * machine.vcpus),
        gib_seconds: toThousandth(seconds * machine.gib),
        ...{ s3_writes, s3_reads, table_writes, table_reads, messages },
      };
    },
  };

  function isRun(counted: Counted): counted is Run {
    return running.has(counted as Run);
  }
}

const toThousandth = (value: number) => Math.round(value * 1000) / 1000;
