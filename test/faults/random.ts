import { chance } from '../chance.ts';

/** Chance that can be repeated: the same seed draws the same, on every machine. */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  /** @throws RangeError when there is nothing to pick from */
  pick<T>(from: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
  /** Chance of its own for a part that has this name: what others draw meanwhile does not change it. */
  fork(name: string): Random;
}

export function seeded(seed: number): Random {
  const next = chance(seed);
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick(from) {
      if (from.length === 0) throw new RangeError('there is nothing to pick from');
      return from[int(0, from.length - 1)] as (typeof from)[number];
    },
    shuffled(items) {
      const left = [...items];
      // Fisher and Yates, from the end.
      return items.map(() => left.splice(int(0, left.length - 1), 1)[0] as (typeof items)[number]);
    },
    fork: (name) => seeded(hash(`${seed}/${name}`)),
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
