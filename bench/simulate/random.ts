/** Chance that is the same for the same seed. */
export interface Random {
  /** From 0 on and below 1. */
  next(): number;
  between(least: number, most: number): number;
  exponential(mean: number): number;
  /** One of them, as often as its weight says. */
  pick<T extends { weight: number }>(from: readonly T[]): T;
}

/** Mulberry32: small, quick, and even enough for traffic. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    exponential: (mean) => -mean * Math.log(1 - next()),
    pick(from) {
      let left = next() * from.reduce((sum, { weight }) => sum + weight, 0);
      for (const each of from) {
        left -= each.weight;
        if (left < 0) return each;
      }
      const last = from.at(-1);
      if (!last) throw new Error('There is nothing to pick from.');
      return last;
    },
  };
}
