import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { leaving } from './leave.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const withLeft = (ms: number) => leaving(120_000, { remainingMs: () => ms });

it('takes nothing more, and finishes what will be done in time', () => {
  const { stop, drop, leave } = withLeft(60_000);
  leave('SIGTERM');
  expect(stop.aborted).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(drop.aborted).toBe(false);
});

it('hands back at once what will not', () => {
  for (const ms of [116_000, Number.POSITIVE_INFINITY]) {
    const { drop, leave } = withLeft(ms);
    leave('SIGTERM');
    expect(drop.aborted).toBe(true);
  }
});

it('hands back in time what takes longer than it looked', () => {
  const { drop, leave } = withLeft(60_000);
  leave('SIGTERM');
  vi.advanceTimersByTime(115_000);
  expect(drop.aborted).toBe(true);
});

it('hears it once', () => {
  const { stop, leave } = withLeft(0);
  leave('first');
  leave('second');
  expect(stop.reason).toMatchObject({ message: 'first' });
});
