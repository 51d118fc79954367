import { expect, it } from 'vitest';
import { TransientError } from '../core/errors.ts';
import { sourceKey } from '../core/keys.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { cancelWork } from './cancel.ts';
import { dispatch } from './dispatch.ts';

const key = sourceKey(aVideo().file_id);

async function arrived() {
  const world = twins();
  await world.ports.videos.create(aVideo());
  await world.ports.uploads.write(key, 'movie', { contentType: 'video/mp4' });
  return world;
}

it('writes down what arrived and publishes one task, however often S3 says so', async () => {
  const { ports, recorded } = await arrived();
  await dispatch(ports, key);
  await dispatch(ports, key);
  expect(recorded.published).toMatchObject([{ type: 'video.uploaded', file_id: aVideo().file_id, attempt: 1 }]);
  const video = await ports.videos.get(aVideo().file_id);
  expect(video).toMatchObject({ source: { key, size: 5 }, upload: { status: 'complete' }, dispatched_attempt: 1 });
});

it('goes by what arrived first, whatever S3 says later', async () => {
  const { ports } = await arrived();
  await dispatch(ports, key);
  const before = await ports.videos.get(aVideo().file_id);
  await ports.uploads.write(key, 'another movie', { contentType: 'video/mp4' });
  await dispatch(ports, key);
  expect(await ports.videos.get(aVideo().file_id)).toEqual(before);
});

it('keeps the trace of the request that began it', async () => {
  const { ports, recorded } = await arrived();
  await dispatch(ports, key);
  expect(recorded.published[0]?.trace.split('-')[1]).toBe(aVideo().trace.split('-')[1]);
});

it('publishes on redelivery what it could not publish before', async () => {
  const { ports, recorded } = await arrived();
  recorded.breakWith(new TransientError('broker_unavailable', 'down'));
  await expect(dispatch(ports, key)).rejects.toThrow('down');
  expect((await ports.videos.get(aVideo().file_id))?.upload.status).toBe('complete');
  recorded.breakWith(undefined);
  await dispatch(ports, key);
  expect(recorded.published).toHaveLength(1);
});

it('removes a source whose video was deleted', async () => {
  const { ports, recorded } = await arrived();
  await ports.videos.remove(aVideo());
  await dispatch(ports, key);
  expect(await ports.uploads.head(key)).toBeUndefined();
  expect(recorded.published).toEqual([]);
});

it('starts no work for a video that was cancelled while it was sent', async () => {
  const { ports, recorded } = await arrived();
  await cancelWork(ports, aVideo().file_id);
  await dispatch(ports, key);
  expect(recorded.published).toEqual([]);
});

it('ignores objects that are no sources', async () => {
  const { ports, recorded } = await arrived();
  await ports.uploads.write('uploads/not-a-uuid', 'something', { contentType: 'video/mp4' });
  await dispatch(ports, 'uploads/not-a-uuid');
  expect(recorded.published).toEqual([]);
  expect(await ports.uploads.head('uploads/not-a-uuid')).toBeDefined();
});

it('has nothing to do where the source is gone again', async () => {
  const { ports, recorded } = await arrived();
  await ports.uploads.remove(key);
  await dispatch(ports, key);
  expect(recorded.published).toEqual([]);
  expect(await ports.videos.get(aVideo().file_id)).toMatchObject({ source: null });
});
