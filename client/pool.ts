/**
 * Works on all items, at most `limit` at once, and returns when nothing is running any more. The first failure stops
 * the others through the signal each is given, and is thrown.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      stop.throwIfAborted();
      await work(next.value, stop);
    }
  };
  const workers = Array.from({ length: limit }, () =>
    worker().catch((error: unknown) => {
      // What the abort itself makes the others throw must not hide why it was made.
      if (!stop.aborted) failed.abort(error);
    }),
  );
  await Promise.all(workers);
  stop.throwIfAborted();
}
