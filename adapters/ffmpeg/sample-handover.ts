/**
 * Turns one who gives into an iterable for one who takes. `give` is fulfilled when the item is taken, so at most one
 * waits. When the taker leaves, the giver's signal aborts, and the end of the giver is waited for.
 */
export async function* handover<T>(
  giver: (give: (item: T) => Promise<void>, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const left = new AbortController();
  const stop = AbortSignal.any([signal, left.signal]);
  const offers: { item: T; taken: () => void }[] = [];
  let giving = true;
  let wake = () => {};
  const release = () => {
    for (const { taken } of offers.splice(0)) taken();
  };
  stop.addEventListener('abort', release);
  const give = (item: T) =>
    new Promise<void>((taken) => {
      if (stop.aborted) return taken();
      offers.push({ item, taken });
      wake();
    });
  const given = giver(give, stop).finally(() => {
    giving = false;
    wake();
  });
  // Looked at below; until then it is no unhandled rejection.
  given.catch(() => {});
  try {
    for (;;) {
      const offer = offers.shift();
      if (offer) {
        offer.taken();
        yield offer.item;
      } else if (giving) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else break;
    }
    await given;
  } finally {
    left.abort(new Error('nobody takes any more'));
    await given.catch(() => {});
  }
}
