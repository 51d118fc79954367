import { expect, test } from 'vitest';
import { inParallel } from './pool.ts';
import { sleep } from './timing.ts';

test('all items are worked on, at most so many at once', async () => {
  let now = 0;
  let most = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++now);
    await sleep(5);
    now -= 1;
    done.push(item);
  });
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('the first failure stops the others, is thrown, and only once nothing runs any more', async () => {
  const why = new Error('broken');
  const begun: number[] = [];
  let running = 0;
  const work = async (item: number, signal: AbortSignal) => {
    begun.push(item);
    if (item === 2) throw why;
    running += 1;
    try {
      await sleep(1_000, signal);
    } finally {
      running -= 1;
    }
  };
  await expect(inParallel([1, 2, 3, 4, 5], 3, work)).rejects.toBe(why);
  expect(running).toBe(0);
  expect(begun).toEqual([1, 2, 3]);
});

test('nothing new is begun after the signal, whose reason is thrown', async () => {
  const stop = new AbortController();
  const why = new Error('enough');
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    if (item === 2) stop.abort(why);
  };
  await expect(inParallel([1, 2, 3, 4], 1, work, stop.signal)).rejects.toBe(why);
  expect(begun).toEqual([1, 2]);
});
