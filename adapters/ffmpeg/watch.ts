import { TransientError } from '../../core/errors.ts';
import { DEFAULT_SOURCE_LIMITS, goneBeyond, type SourceLimits } from '../../core/source-limits.ts';
import type { Progress } from './progress.ts';

/** Longer than the slowest encoder takes to fill its look-ahead with the largest pictures. */
const STALL_MS = 5 * 60_000;

/**
 * Aborts, besides with `signal`, when the progress that it is shown stands still for too long, or goes beyond what a
 * video may be.
 */
export function progressWatch(
  signal: AbortSignal,
  limits: SourceLimits = DEFAULT_SOURCE_LIMITS,
  { stallMs = STALL_MS } = {},
) {
  const enough = new AbortController();
  const giveUp = () => enough.abort(new TransientError('encode_failed', 'The encoder came to a standstill.'));
  const timer = setTimeout(giveUp, stallMs);
  let last = '';
  return {
    signal: AbortSignal.any([signal, enough.signal]),
    saw(progress: Progress): void {
      const beyond = goneBeyond(progress, limits);
      if (beyond) enough.abort(beyond);
      const now = `${progress.frames} ${progress.seconds}`;
      if (now === last) return;
      last = now;
      timer.refresh();
    },
    stop: () => clearTimeout(timer),
  };
}
