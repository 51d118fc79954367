import { ReelightError } from '../core/errors.ts';
import { ClientError } from './errors.ts';

/** How patient the client is. All in milliseconds. */
export interface Timing {
  /** The first pause before something is tried again. It doubles each time, up to `retryMaxMs`. */
  retryMs: number;
  retryMaxMs: number;
  /** Until a request to the API is answered in full, or a download begins. */
  requestMs: number;
  /** Without a byte moving before a transfer counts as lost. */
  stallMs: number;
  /** Between looks at a video while the WebSocket is down. */
  pollMs: number;
  /** Without news over an open WebSocket before the video is looked at anyway. */
  quietMs: number;
  /** Between signs of life on the WebSocket; well below API Gateway's 10 idle minutes. */
  pingMs: number;
  /** Without an answer of any kind before a watch gives up. */
  giveUpMs: number;
}

export const DEFAULT_TIMING: Timing = {
  retryMs: 500,
  retryMaxMs: 10_000,
  requestMs: 30_000,
  stallMs: 60_000,
  pollMs: 2_000,
  quietMs: 15_000,
  pingMs: 30_000,
  giveUpMs: 120_000,
};

/** The pause after this many failures, spread so that many clients do not come back at the same moment. */
export function backoff(failures: number, { retryMs, retryMaxMs }: Pick<Timing, 'retryMs' | 'retryMaxMs'>): number {
  const full = Math.min(retryMaxMs, retryMs * 2 ** Math.min(failures - 1, 20));
  return full / 2 + (Math.random() * full) / 2;
}

/** @throws the signal's reason when it is aborted, before or meanwhile. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    }
  });
}

export interface Retries {
  attempts: number;
  timing: Timing;
  signal?: AbortSignal | undefined;
  /** Which errors may pass; unless given, those that say so themselves. */
  worthIt?: (error: unknown) => boolean;
}

export const maySucceedLater = (error: unknown): boolean => error instanceof ReelightError && error.retryable;

/** Whoever is asked to wait for longer wants to know, and not to wait. */
const LONGEST_WAIT_MS = 30_000;

/** Does something until it succeeds, fails for good, or has failed `attempts` times. */
export async function retrying<T>(
  action: (failures: number) => Promise<T>,
  { attempts, timing, signal, worthIt = maySucceedLater }: Retries,
): Promise<T> {
  for (let failures = 0; ; ) {
    signal?.throwIfAborted();
    try {
      return await action(failures);
    } catch (error) {
      failures += 1;
      if (signal?.aborted || failures >= attempts || !worthIt(error)) throw error;
      const asked = error instanceof ClientError ? (error.retryAfterMs ?? 0) : 0;
      if (asked > LONGEST_WAIT_MS) throw error;
      await sleep(Math.max(backoff(failures, timing), asked), signal);
    }
  }
}
