import { setTimeout as sleep } from 'node:timers/promises';

/** So long, or until the signal. */
export async function pauseOr(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** Aborts when one of the signals does, or after so long. */
export function atMost(ms: number, ...signals: AbortSignal[]): AbortSignal {
  const late = new AbortController();
  setTimeout(() => late.abort(new Error(`${ms} ms are over`)), ms).unref();
  return AbortSignal.any([late.signal, ...signals]);
}

/** Runs until it says that it is done, or until the signal: then `end` is called. */
export function untilDone(signal: AbortSignal, begin: (done: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    let isOver = false;
    const done = () => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener('abort', done);
      // The beginning may be what is done at once.
      queueMicrotask(() => {
        end();
        resolve();
      });
    };
    signal.addEventListener('abort', done, { once: true });
    const end = begin(done);
  });
}
