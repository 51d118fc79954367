import { expect, it } from 'vitest';
import { startConsumer, task, taskQueueConformance, until } from '../../test/conformance/task-queue.ts';
import { memoryTaskQueue } from './task-queue.ts';

const MS_PER_SECOND = 50;

taskQueueConformance(async ({ requeueAfterMs }) => {
  const queue = memoryTaskQueue({
    after: (ms, act) => setTimeout(act, (ms / 1_000) * MS_PER_SECOND),
    requeueAfterMs,
  });
  return {
    queue,
    parked: async () => [...queue.parked],
    millisecondsPerSecond: MS_PER_SECOND,
    close: async () => {},
  };
});

it('puts aside what came back too often', async () => {
  const queue = memoryTaskQueue({ requeueAfterMs: 0 });
  const message = task('video.enhance');
  await queue.publish(message);
  const consumer = startConsumer(queue, 'enhance', async () => {
    throw new Error('never');
  });
  await until(() => queue.parked.length === 1);
  await consumer.stop();
  expect(consumer.taken).toHaveLength(21);
  expect(queue.parked[0]).toMatchObject({ queue: 'enhance', reason: 'delivery_limit' });
  expect(JSON.parse(Buffer.from(queue.parked[0]?.body ?? []).toString())).toEqual(message);
});

it('counts what waits', async () => {
  const queue = memoryTaskQueue({ after: () => {} });
  await queue.publish(task('video.uploaded'));
  await queue.publishLater('enhance', task('video.enhance'), 2_000);
  expect([queue.depth('enhance'), queue.depth('metadata')]).toEqual([1, 1]);
});
