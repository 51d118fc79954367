/** One Ctrl-C can arrive several times: from the terminal, from npm and from the bootstrap. */
const SAME_MS = 400;

/**
 * Calls back for every Ctrl-C, SIGTERM or closed terminal, with how many there have been: the second one means "now".
 *
 * @returns stops listening
 */
export function onInterrupt(interrupted: (count: number, signal: NodeJS.Signals) => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  const listener = (signal: NodeJS.Signals) => {
    const now = performance.now();
    const same = now - last < SAME_MS;
    last = now;
    if (!same) interrupted(++count, signal);
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
