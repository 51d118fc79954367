import { setImmediate } from 'node:timers/promises';
import type { Random } from '../random.ts';

/**
 * Who goes on next, by chance that can be repeated. Whoever calls the outside world waits for a turn, and nobody else
 * moves until it waits again: so every order of calls can happen, and each seed makes one of them happen.
 */
export interface Turns {
  turn(): Promise<void>;
  /** Happens when so much time has passed; time passes only while nobody waits. */
  after(ms: number, act: () => void): void;
  /** Runs until nobody waits, nothing is to come, and `more` finds nothing else to begin. */
  run(more: () => boolean): Promise<void>;
}

/** @param pass moves the clock */
export function turns(random: Random, pass: (ms: number) => void): Turns {
  const waiting: (() => void)[] = [];
  let coming: { at: number; act: () => void }[] = [];
  let now = 0;
  return {
    turn: () => new Promise((resolve) => void waiting.push(resolve)),
    after: (ms, act) => void coming.push({ at: now + ms, act }),
    async run(more) {
      for (;;) {
        // Nothing here waits for the system, so after this everybody who can move has moved.
        await setImmediate();
        if (more()) continue;
        if (waiting.length > 0) {
          const [next] = waiting.splice(random.int(0, waiting.length - 1), 1);
          next?.();
          continue;
        }
        const [first] = coming.toSorted((a, b) => a.at - b.at);
        if (!first) return;
        coming = coming.filter((one) => one !== first);
        pass(Math.max(0, first.at - now));
        now = Math.max(now, first.at);
        first.act();
      }
    },
  };
}
