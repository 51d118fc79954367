import { expect, it } from 'vitest';
import { deathsInARow, restartDelay } from './backoff.ts';

it('waits longer with every death in a row, up to a quarter minute', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 1_000].map(restartDelay)).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
  ]);
});

it('begins anew after a steady run', () => {
  expect(deathsInARow(4, 1_000)).toBe(5);
  expect(deathsInARow(4, 30_000)).toBe(1);
});
