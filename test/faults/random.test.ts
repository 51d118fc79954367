import { expect, it } from 'vitest';
import { seeded } from './random.ts';

const drawn = (random: { next(): number }, count = 1_000) => Array.from({ length: count }, () => random.next());

it('draws the same by the same seed, and other things by another', () => {
  expect(drawn(seeded(7))).toEqual(drawn(seeded(7)));
  expect(drawn(seeded(7))).not.toEqual(drawn(seeded(8)));
});

it('gives each part chance of its own, whatever others draw', () => {
  const random = seeded(7);
  const before = drawn(random.fork('clients'));
  random.next();
  expect(drawn(random.fork('clients'))).toEqual(before);
  expect(drawn(random.fork('faults'))).not.toEqual(before);
});

it('draws evenly, within bounds, both ends included', () => {
  const random = seeded(7);
  const counts = Map.groupBy(
    Array.from({ length: 6_000 }, () => random.int(1, 6)),
    (face) => face,
  );
  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  for (const faces of counts.values()) expect(Math.abs(faces.length - 1_000)).toBeLessThan(150);
});

it('shuffles without loss', () => {
  const items = Array.from({ length: 20 }, (_, at) => at);
  const shuffled = seeded(7).shuffled(items);
  expect(shuffled).not.toEqual(items);
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
});

it('picks nothing from nothing', () => {
  expect(() => seeded(7).pick([])).toThrow(RangeError);
});
