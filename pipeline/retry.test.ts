import { expect, it } from 'vitest';
import { sourceKey } from '../core/keys.ts';
import { newTrace } from '../core/trace.ts';
import { changeProcess, type Video } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { cancelWork } from './cancel.ts';
import { dispatch } from './dispatch.ts';
import { enhance } from './enhance.ts';
import { extractMetadata } from './extract-metadata.ts';
import { retry } from './retry.ts';

const { file_id } = aVideo();
const key = sourceKey(file_id);
const never = new AbortController().signal;

async function arrived() {
  const world = twins();
  const { ports, recorded } = world;
  await ports.videos.create(aVideo());
  await ports.uploads.write(key, 'movie', { contentType: 'video/mp4' });
  await dispatch(ports, key);
  const work = async () => {
    const message = recorded.published.at(-1) ?? {
      v: 1,
      type: 'video.uploaded',
      file_id,
      attempt: 1,
      trace: newTrace(),
    };
    await enhance(ports, message, 'w', never);
    await extractMetadata(ports, message, 'w', never);
    return states(await ports.videos.get(file_id));
  };
  return { ...world, work };
}

const states = (video: Video | undefined) =>
  video && [video.processes.video_enhancement.status, video.processes.metadata_extraction.status];

it('takes up a cancelled video, by the way its source came', async () => {
  const { ports, recorded, announced, work } = await arrived();
  await cancelWork(ports, file_id);
  const video = await retry(ports, file_id);
  expect(video).toMatchObject({ attempt: 2, dispatched_attempt: 1 });
  expect(announced).toEqual([key]);
  await dispatch(ports, key);
  expect(recorded.published.at(-1)).toMatchObject({ type: 'video.uploaded', attempt: 2 });
  expect(await work()).toEqual(['completed', 'completed']);
});

it('takes up a video that was cancelled before S3 said that it is there', async () => {
  const { ports, announced, recorded } = twins();
  await ports.videos.create(aVideo());
  await ports.uploads.write(key, 'movie', { contentType: 'video/mp4' });
  await cancelWork(ports, file_id);
  expect(announced).toEqual([key]);
  await dispatch(ports, key);
  expect(await ports.videos.get(file_id)).toMatchObject({ source: { key }, upload: { status: 'complete' } });
  expect(recorded.published).toEqual([]);
  expect(await retry(ports, file_id)).toMatchObject({ attempt: 2 });
});

it('announces nothing of a video that is cancelled while it is being sent', async () => {
  const { ports, announced } = twins();
  await ports.videos.create(aVideo());
  await cancelWork(ports, file_id);
  expect(announced).toEqual([]);
});

it('leaves alone what went well, unless everything did', async () => {
  const { ports, work } = await arrived();
  expect(await work()).toEqual(['completed', 'completed']);
  const again = await retry(ports, file_id);
  expect(states(again)).toEqual(['pending', 'completed']);
  expect(again.outputs.enhanced).toBeDefined();
});

it('does again what failed, and the enhancement when it is to look different', async () => {
  const { ports, work } = await arrived();
  await work();
  await ports.videos.change(file_id, (video) =>
    changeProcess(
      video,
      'metadata_extraction',
      (process) => ({ ...process, status: 'failed', error: 'x', error_code: 'x', progress: 50, failures: 5 }),
      ports.now(),
    ),
  );
  const same = await retry(ports, file_id);
  expect(states(same)).toEqual(['completed', 'pending']);
  expect(same.processes.metadata_extraction).toMatchObject({ error: null, failures: 0, progress: 0, fence: 1 });
  await cancelWork(ports, file_id);
  const other = await retry(ports, file_id, { profile: 'passthrough' });
  expect(states(other)).toEqual(['pending', 'pending']);
  expect(other.profile).toBe('passthrough');
  await cancelWork(ports, file_id);
  expect(await retry(ports, file_id)).toMatchObject({ hdr: 'sdr' });
});

it('does the enhancement again when high dynamic range is to be kept', async () => {
  const { ports, work } = await arrived();
  await work();
  await ports.videos.change(file_id, (video) =>
    changeProcess(video, 'metadata_extraction', (process) => ({ ...process, status: 'failed' }), ports.now()),
  );
  const other = await retry(ports, file_id, { hdr: 'keep' });
  expect(states(other)).toEqual(['pending', 'pending']);
  expect(other).toMatchObject({ hdr: 'keep', profile: aVideo().profile });
});

it('can be asked for twice, and makes sure of its dispatch', async () => {
  const { ports, announced } = await arrived();
  await cancelWork(ports, file_id);
  await retry(ports, file_id);
  const repeated = await retry(ports, file_id);
  expect(repeated.attempt).toBe(2);
  expect(announced).toEqual([key, key]);
});

it('is refused while work goes on, for what never came, and for what is not there', async () => {
  const { ports, announced } = await arrived();
  await expect(retry(ports, file_id)).rejects.toMatchObject({ status: 409, code: 'in_flight' });
  await expect(retry(ports, '00000000-0000-4000-8000-000000000001')).rejects.toMatchObject({ status: 404 });
  const { ports: empty } = twins();
  await empty.videos.create(aVideo());
  await cancelWork(empty, file_id);
  await expect(retry(empty, file_id)).rejects.toMatchObject({ status: 409, code: 'no_source' });
  expect(announced).toEqual([]);
});

it('shuts out a worker of the attempt before', async () => {
  const { ports, recorded } = await arrived();
  const old = recorded.published[0];
  if (!old) throw new Error('nothing was published');
  await cancelWork(ports, file_id);
  await retry(ports, file_id);
  await enhance(ports, old, 'late', never);
  expect((await ports.videos.get(file_id))?.processes.video_enhancement).toMatchObject({ status: 'pending', fence: 0 });
});
