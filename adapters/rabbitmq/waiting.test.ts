import { describe, expect, it } from 'vitest';
import { backoff, unlessAborted, within } from './waiting.ts';

describe('backoff', () => {
  it('doubles up to a cap that is well inside the time of a publish', () => {
    const longest = [0, 1, 2, 3, 4, 5, 10, 100_000].map((failures) => backoff(failures, () => 1));
    expect(longest).toEqual([100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000]);
  });

  it('is spread over its upper half', () => {
    expect(backoff(4, () => 0)).toBe(800);
    const some = new Set(Array.from({ length: 50 }, () => backoff(4)));
    expect(some.size).toBeGreaterThan(10);
  });
});

describe('unlessAborted', () => {
  it('answers what the promise answers', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('throws the reason as soon as the signal aborts, before or meanwhile', async () => {
    const reason = new Error('stop');
    await expect(unlessAborted(Promise.resolve(1), AbortSignal.abort(reason))).rejects.toBe(reason);
    const stopping = new AbortController();
    const waiting = unlessAborted(new Promise(() => {}), stopping.signal);
    stopping.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('listens to no later failure of what it gave up', async () => {
    const late = Promise.withResolvers<void>();
    await expect(within(1, late.promise)).rejects.toThrow();
    late.reject(new Error('an unhandled rejection would fail this test run'));
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
});
