import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { batches } from './batches.ts';

const never = new AbortController().signal;
afterEach(() => void vi.useRealTimers());

it('gives what came within the window, in order', async () => {
  const incoming = batches<number>({ count: 10, bytes: 100, windowMs: 50 });
  const started = performance.now();
  const next = incoming.next(never);
  incoming.add(1, 1);
  await sleep(10);
  incoming.add(2, 1);
  expect(await next).toEqual([1, 2]);
  expect(performance.now() - started).toBeGreaterThanOrEqual(49);
});

it('waits as long as nothing comes', async () => {
  const incoming = batches<number>({ count: 10, bytes: 100, windowMs: 5 });
  const next = incoming.next(never);
  await sleep(30);
  incoming.add(1, 1);
  expect(await next).toEqual([1]);
});

it('gives a full batch at once', async () => {
  const incoming = batches<number>({ count: 2, bytes: 100, windowMs: 60_000 });
  const next = incoming.next(never);
  for (const item of [1, 2, 3, 4, 5]) incoming.add(item, 1);
  expect(await next).toEqual([1, 2]);
  expect(await incoming.next(never)).toEqual([3, 4]);
});

it('counts the window from the first that waits, not from when it was asked', async () => {
  vi.useFakeTimers();
  const incoming = batches<number>({ count: 10, bytes: 100, windowMs: 40 });
  incoming.add(1, 1);
  vi.advanceTimersByTime(60);
  // No more time passes: were there anything left to wait for, this would not end.
  expect(await incoming.next(never)).toEqual([1]);
});

it('never mixes more bytes than fit, but lets a single one pass', async () => {
  const incoming = batches<string>({ count: 10, bytes: 10, windowMs: 1 });
  for (const [item, bytes] of [
    ['a', 6],
    ['b', 5],
    ['c', 5],
    ['d', 11],
    ['e', 1],
  ] as const) {
    incoming.add(item, bytes);
  }
  const got = [];
  while (got.flat().length < 5) got.push(await incoming.next(never));
  expect(got).toEqual([['a'], ['b', 'c'], ['d'], ['e']]);
});

it('ends with the signal, and keeps what it holds', async () => {
  const incoming = batches<number>({ count: 2, bytes: 10, windowMs: 60_000 });
  const stop = new AbortController();
  const next = incoming.next(stop.signal);
  incoming.add(1, 1);
  stop.abort();
  expect(await next).toEqual([]);
  incoming.add(2, 1);
  expect(await incoming.next(never)).toEqual([1, 2]);
});

it('loses, doubles and reorders nothing', async () => {
  const item = fc.nat({ max: 12 });
  await fc.assert(
    fc.asyncProperty(fc.array(item), fc.integer({ min: 1, max: 5 }), async (sizes, count) => {
      const incoming = batches<number>({ count, bytes: 10, windowMs: 0 });
      sizes.forEach((bytes, at) => {
        incoming.add(at, bytes);
      });
      const got: number[] = [];
      while (got.length < sizes.length) {
        const batch = await incoming.next(never);
        expect(batch.length).toBeLessThanOrEqual(count);
        const bytes = batch.reduce((sum, at) => sum + (sizes[at] ?? 0), 0);
        if (batch.length > 1) expect(bytes).toBeLessThanOrEqual(10);
        got.push(...batch);
      }
      expect(got).toEqual(sizes.map((_, at) => at));
    }),
    { numRuns: 50 },
  );
});
