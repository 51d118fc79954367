import { expect, it } from 'vitest';
import type { QueueName } from '../core/messages.ts';
import type { ProcessStatus, ProcessType } from '../core/process.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { replay } from './replay.ts';

const { file_id, trace } = aVideo();

async function parked(status: ProcessStatus, process: ProcessType = 'video_enhancement', queue: QueueName = 'enhance') {
  const world = twins();
  const other = process === 'video_enhancement' ? 'metadata_extraction' : 'video_enhancement';
  const video = aVideo();
  await world.ports.videos.create({
    ...video,
    source: { key: 'uploads/x', size: 1, etag: '"e"', checksum: null },
    dispatched_attempt: 1,
    processes: {
      ...video.processes,
      [process]: { ...video.processes[process], status },
      [other]: { ...video.processes[other], status: 'completed' },
    },
  });
  const body = Buffer.from(JSON.stringify({ v: 1, type: 'video.uploaded', file_id, attempt: 1, trace }));
  return { ...world, task: { queue, body, reason: 'failed 5 times' } };
}

it('begins a new attempt for a video that failed, by the way of every attempt', async () => {
  const { ports, announced, task } = await parked('failed');
  expect(await replay(ports, task)).toEqual({ remove: true, outcome: 'given again as attempt 2' });
  expect(announced).toHaveLength(1);
});

it('gives the task again to the one queue it came from while its video still waits', async () => {
  const { ports, recorded, task } = await parked('pending', 'metadata_extraction', 'metadata');
  expect(await replay(ports, task)).toMatchObject({ remove: true });
  expect(recorded.published).toMatchObject([{ type: 'video.extract-metadata', file_id, attempt: 1 }]);
});

it.each(['completed', 'cancelled'] as const)('only removes what is %s', async (status) => {
  const { ports, recorded, announced, task } = await parked(status);
  expect(await replay(ports, task)).toMatchObject({ remove: true });
  expect([...recorded.published, ...announced]).toEqual([]);
});

it('removes what is of an earlier attempt, or of a video that is gone', async () => {
  const { ports, recorded, task } = await parked('failed');
  await ports.videos.change(file_id, (video) => ({ ...video, attempt: 2 }));
  expect(await replay(ports, task)).toEqual({ remove: true, outcome: 'removed: attempt 2 has begun since' });
  await ports.videos.remove(aVideo());
  expect(await replay(ports, task)).toEqual({ remove: true, outcome: 'removed: its video was deleted' });
  expect(recorded.published).toEqual([]);
});

it('keeps what it cannot read, for somebody to look at', async () => {
  const { ports, task } = await parked('failed');
  expect(await replay(ports, { ...task, body: Buffer.from('?') })).toMatchObject({ remove: false });
  expect(await replay(ports, { ...task, queue: null })).toMatchObject({ remove: false });
});

it('leaves the task parked when it could not be given again', async () => {
  const { ports, recorded, task } = await parked('pending');
  recorded.breakWith(new Error('the broker is down'));
  await expect(replay(ports, task)).rejects.toThrow();
});
