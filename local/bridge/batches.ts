/** When a batch is full: by count, by bytes, or by the time since its first item came. */
export interface BatchLimits {
  count: number;
  bytes: number;
  windowMs: number;
}

export interface Batches<T> {
  add(item: T, bytes: number): void;
  /** The next batch, as soon as it is full, in the order of arrival; empty when the signal comes first. */
  next(signal: AbortSignal): Promise<T[]>;
}

interface Waiting<T> {
  item: T;
  bytes: number;
  since: number;
}

/** Gathers items into batches, as an event source mapping does. An item above the limit of bytes goes by itself. */
export function batches<T>(limits: BatchLimits): Batches<T> {
  let waiting: Waiting<T>[] = [];
  let arrived = Promise.withResolvers<void>();

  /** How many of those that wait make the next batch, and whether there is room for more. */
  function fill(): { count: number; full: boolean } {
    let bytes = 0;
    for (const [count, { bytes: more }] of waiting.entries()) {
      if (count === limits.count || (count > 0 && bytes + more > limits.bytes)) return { count, full: true };
      bytes += more;
    }
    return { count: waiting.length, full: waiting.length === limits.count || bytes >= limits.bytes };
  }

  return {
    add(item, bytes) {
      waiting.push({ item, bytes, since: performance.now() });
      arrived.resolve();
    },
    async next(signal) {
      while (!signal.aborted) {
        const { count, full } = fill();
        const [first] = waiting;
        const left = first ? first.since + limits.windowMs - performance.now() : Number.POSITIVE_INFINITY;
        if (first && (full || left <= 0)) {
          const batch = waiting.slice(0, count);
          waiting = waiting.slice(count);
          return batch.map(({ item }) => item);
        }
        arrived = Promise.withResolvers();
        await waitFor(arrived.promise, left, signal);
      }
      return [];
    },
  };
}

/** Resolves on the first of the three. */
function waitFor(event: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = Number.isFinite(ms) ? setTimeout(done, Math.ceil(ms)) : undefined;
    signal.addEventListener('abort', done, { once: true });
    event.then(done);
  });
}
