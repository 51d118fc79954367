import { expect, it } from 'vitest';
import { pace } from './pace.ts';

function aPace() {
  let time = 1_000;
  const measured = pace(() => time);
  return { ...measured, pass: (ms: number) => (time += ms) };
}

it('has nothing left to do without a job', () => {
  const { begin, end, remainingMs } = aPace();
  expect(remainingMs()).toBe(0);
  begin();
  end();
  expect(remainingMs()).toBe(0);
});

it('tells from what is done how long the rest will take', () => {
  const { begin, reached, remainingMs, pass } = aPace();
  begin();
  pass(30_000);
  reached(75);
  expect(remainingMs()).toBe(10_000);
  // Work that is given again begins lower; what was done before does not come back.
  reached(10);
  expect(remainingMs()).toBe(10_000);
});

it('does not guess from the first moments, nor from a job before', () => {
  const { begin, reached, remainingMs, pass } = aPace();
  begin();
  pass(1_000);
  reached(4);
  expect(remainingMs()).toBe(Number.POSITIVE_INFINITY);
  reached(100);
  begin();
  expect(remainingMs()).toBe(Number.POSITIVE_INFINITY);
});
