import { expect, it } from 'vitest';
import { appetite } from './appetite.ts';

it('is hunger when nothing is made for longer than its last pictures take', () => {
  let time = 0;
  const { made, isHungry } = appetite(() => time);
  const at = (ms: number) => {
    time = ms;
    return isHungry();
  };
  expect([at(1_000), at(1_600)]).toEqual([false, true]);
  // It was given something.
  expect([at(3_000), at(3_200)]).toEqual([false, true]);
  // A hundred milliseconds each: sixty of them may follow without a word.
  time = 4_000;
  made(40);
  expect([at(9_900), at(10_100)]).toEqual([false, true]);
  // That it has made no more is no news.
  time = 11_000;
  made(40);
  expect([at(16_000), at(16_200)]).toEqual([false, true]);
});

it('is still opening the file when it was given something and has made nothing', () => {
  let time = 0;
  const { made, isHungry, isOpening } = appetite(() => time);
  expect(isOpening()).toBe(false);
  time = 1_600;
  isHungry();
  expect(isOpening()).toBe(true);
  made(1);
  expect(isOpening()).toBe(false);
});
