import { chance } from '../../test/chance.ts';

/** Chance that is the same for the same seed. */
export interface Random {
  /** From 0 on and below 1. */
  next(): number;
  between(least: number, most: number): number;
  exponential(mean: number): number;
  /** One of them, as often as its weight says. */
  pick<T extends { weight: number }>(from: readonly T[]): T;
}

export function random(seed: number): Random {
  const next = chance(seed);
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
