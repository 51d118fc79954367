import { describe, expect, it } from 'vitest';
import { frame } from './profiles/measures.fixture.ts';
import { goesOn, stillness } from './timeline-scenes.ts';

const bright = (time: number) => frame({ luma: [20, 60, 150, 230, 250] }, time);
const dark = (time: number) => frame({ luma: [4, 10, 40, 120, 180] }, time);

describe('a scene goes on after a time', () => {
  it('when the pictures on either side are alike', () => {
    expect(goesOn([bright(0), bright(3), bright(6)], 4)).toBe(true);
    // What begins with the very picture belongs to what comes after.
    expect(goesOn([bright(0), bright(3), dark(6)], 6)).toBe(false);
    expect(goesOn([bright(0), dark(3), bright(6)], 2)).toBe(false);
  });

  it('not when it has changed within the last moments before', () => {
    expect(goesOn([bright(0), dark(4), dark(8)], 5)).toBe(false);
    expect(goesOn([bright(0), dark(4), dark(8)], 6)).toBe(true);
  });

  it('or nobody knows: there are no pictures, none before or after it, or they are too far apart', () => {
    expect(goesOn([], 4)).toBeUndefined();
    expect(goesOn([bright(3)], 4)).toBeUndefined();
    expect(goesOn([bright(3.9), bright(6)], 4)).toBeUndefined();
    expect(goesOn([bright(0), bright(30)], 4)).toBeUndefined();
  });
});

it('is still where pictures that stand alone are much heavier than those that do not', () => {
  expect([1, 4, 8, 30].map(stillness)).toEqual([0, 0, 1, 1]);
  expect(stillness(Math.sqrt(32))).toBeCloseTo(0.5);
  expect([0, -1, Number.NaN, Number.POSITIVE_INFINITY].map(stillness)).toEqual([0, 0, 0, 1]);
});
