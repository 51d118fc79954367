import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { onInterrupt } from './interrupts.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('counts one Ctrl-C once, however often it arrives, and a second one as the second', () => {
  const counts: number[] = [];
  const stop = onInterrupt((count) => counts.push(count));
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGINT', 'SIGINT');
  vi.advanceTimersByTime(50);
  process.emit('SIGINT', 'SIGINT');
  expect(counts).toEqual([1]);
  vi.advanceTimersByTime(1_000);
  process.emit('SIGTERM', 'SIGTERM');
  expect(counts).toEqual([1, 2]);
  stop();
  vi.advanceTimersByTime(1_000);
  expect(process.listenerCount('SIGHUP')).toBe(0);
});
