/** The promise's outcome, or the signal's reason as soon as it aborts. The promise itself goes on. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => {}); // nobody may be listening any more when it fails
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The promise's outcome, or an error when it takes longer. */
export function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return unlessAborted(promise, AbortSignal.timeout(ms));
}

/** Milliseconds before the n-th attempt to reconnect: doubling, capped, and spread so that a fleet does not arrive at once. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures, 16));
  return ceiling / 2 + (random() * ceiling) / 2;
}

const FIRST_BACKOFF_MS = 100;
/** Well inside the time that a publish waits. */
const MAX_BACKOFF_MS = 3_000;
