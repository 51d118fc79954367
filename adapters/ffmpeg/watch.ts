import { TransientError } from '../../core/errors.ts';
import type { Progress } from './progress.ts';

/** Longer than the slowest encoder takes to fill its look-ahead with the largest pictures. */
const STALL_MS = 5 * 60_000;

/** Aborts, besides with `signal`, when the progress that it is shown stands still for too long. */
export function stallWatch(signal: AbortSignal, stallMs = STALL_MS) {
  const stalled = new AbortController();
  const giveUp = () => stalled.abort(new TransientError('encode_failed', 'The encoder came to a standstill.'));
  const timer = setTimeout(giveUp, stallMs);
  let last = '';
  return {
    signal: AbortSignal.any([signal, stalled.signal]),
    saw(progress: Progress): void {
      const now = `${progress.frames} ${progress.seconds}`;
      if (now === last) return;
      last = now;
      timer.refresh();
    },
    stop: () => clearTimeout(timer),
  };
}
