/**
 * Numbers from 0 on and below 1, always the same ones for a seed. Mulberry32, public domain, by Tommy Ettinger: 32 bits of
 * state, even enough for tests. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
