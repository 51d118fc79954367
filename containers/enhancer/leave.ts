import type { Pace } from '../../core/pace.ts';

/** What is left of the time is for handing back, and for closing connections. */
const HAND_BACK_MS = 5_000;

export interface Leave {
  /** Aborts when no more work is to be taken. */
  stop: AbortSignal;
  /** Aborts when what is in hand is to be handed back unfinished. */
  drop: AbortSignal;
  /** Told to stop: work that will be done in the time that is left is finished, other work goes back at once. */
  leave(reason: string): void;
}

/**
 * How a worker goes politely.
 *
 * @param graceMs how long whoever tells it to stop waits before killing it
 */
export function leaving(graceMs: number, pace: Pick<Pace, 'remainingMs'>): Leave {
  const stop = new AbortController();
  const drop = new AbortController();
  return {
    stop: stop.signal,
    drop: drop.signal,
    leave(why) {
      if (stop.signal.aborted) return;
      const reason = new Error(why);
      stop.abort(reason);
      const time = graceMs - HAND_BACK_MS;
      if (pace.remainingMs() > time) return drop.abort(reason);
      // The estimate may be wrong. Does not keep the process alive.
      setTimeout(() => drop.abort(reason), time).unref();
    },
  };
}
