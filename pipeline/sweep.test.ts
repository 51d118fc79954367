import { describe, expect, it } from 'vitest';
import { memoryUploadStore } from '../adapters/memory/index.ts';
import { EVENT_LATE_MS, GIVE_UP_MS, LEASE_OVERDUE_MS, NUDGE_MS, UPLOAD_GRACE_MS } from '../core/diagnose.ts';
import { attemptKey, enhancedKey, publicKeys, sourceKey } from '../core/keys.ts';
import { claim, LEASE_MS, PROCESS_TYPES, type ProcessType } from '../core/process.ts';
import { changeProcess } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { cancelWork } from './cancel.ts';
import { dispatch } from './dispatch.ts';
import { retry } from './retry.ts';
import { sweep } from './sweep.ts';

const { file_id } = aVideo();
const key = sourceKey(file_id);
const UPLOAD_MS = 60 * 60 * 1000;

/** A video that was accepted, and has gone no further. */
async function accepted() {
  const world = twins();
  const { ports } = world;
  await ports.videos.create(aVideo());
  const arrive = () => ports.uploads.write(key, 'movie', { contentType: 'video/mp4' });
  const claimed = (type: ProcessType) =>
    ports.videos.change(file_id, (video) =>
      changeProcess(video, type, (process) => claim(process, 'w', ports.now()), ports.now()),
    );
  const record = async () => {
    const video = await ports.videos.get(file_id);
    if (!video) throw new Error('the video is gone');
    return video;
  };
  return { ...world, arrive, claimed, record, run: () => sweep(ports, new AbortController().signal) };
}

/** One that workers were told of. */
async function dispatched() {
  const world = await accepted();
  await world.arrive();
  await dispatch(world.ports, key);
  return world;
}

it('announces a source whose event never came, once it is late', async () => {
  const { clock, announced, arrive, run, ports, recorded } = await accepted();
  await arrive();
  clock.pass(EVENT_LATE_MS - 1);
  expect(await run()).toMatchObject({ well: 1 });
  expect(announced).toEqual([]);
  clock.pass(1);
  expect(await run()).toMatchObject({ not_arrived: 1 });
  expect(announced).toEqual([key]);
  await dispatch(ports, key);
  expect(recorded.published).toHaveLength(1);
});

it('ends an upload that was never finished, with a reason, after its time and some grace', async () => {
  const { clock, run, record, recorded } = await accepted();
  clock.pass(UPLOAD_MS + UPLOAD_GRACE_MS - 1);
  await run();
  expect((await record()).processes.video_enhancement.status).toBe('pending');
  clock.pass(1);
  await run();
  const { processes } = await record();
  for (const process of Object.values(processes)) {
    expect(process).toMatchObject({ status: 'failed', error_code: 'upload_expired' });
  }
  expect(recorded.published).toEqual([]);
});

it('reclaims the parts of a multipart upload that it ends', async () => {
  const { ports, clock } = twins();
  const uploadId = await ports.uploads.createMultipart(key, 'video/mp4');
  const upload = { ...aVideo().upload, kind: 'multipart' as const, upload_id: uploadId, part_size: 5, part_count: 2 };
  await ports.videos.create(aVideo({ upload }));
  clock.pass(UPLOAD_MS + UPLOAD_GRACE_MS);
  await sweep(ports, new AbortController().signal);
  await expect(ports.uploads.listParts({ key, uploadId })).rejects.toMatchObject({ code: 'upload_gone' });
});

it('announces a source again that was written down but never handed on', async () => {
  const { ports, clock, recorded, announced, arrive, run } = await accepted();
  await arrive();
  recorded.breakWith(new Error('the broker is down'));
  await expect(dispatch(ports, key)).rejects.toThrow();
  clock.pass(EVENT_LATE_MS);
  expect(await run()).toMatchObject({ not_dispatched: 1 });
  expect(announced).toEqual([key]);
});

it('gives a frozen worker’s task to the broker again, one copy an hour, and only that process’s', async () => {
  const { clock, recorded, claimed, run } = await dispatched();
  await claimed('video_enhancement');
  clock.pass(LEASE_MS + LEASE_OVERDUE_MS - 1);
  await run();
  expect(recorded.published).toHaveLength(1);
  clock.pass(1);
  await run();
  await run();
  expect(recorded.published.slice(1)).toMatchObject([{ type: 'video.enhance', file_id, attempt: 1 }]);
  clock.pass(NUDGE_MS);
  await run();
  expect(recorded.published.slice(2).map(({ type }) => type)).toEqual(['video.enhance', 'video.extract-metadata']);
});

it('writes down that it nudges before it does, so that a broker that is down gets no pile of copies', async () => {
  const { clock, recorded, run, record } = await dispatched();
  clock.pass(NUDGE_MS);
  recorded.breakWith(new Error('down'));
  await run();
  recorded.breakWith(undefined);
  expect((await record()).processes.video_enhancement.nudged_at).not.toBeNull();
  clock.pass(NUDGE_MS - 1);
  await run();
  expect(recorded.published.filter(({ type }) => type === 'video.enhance')).toEqual([]);
});

it('gives up, with a reason, what no worker took within a day', async () => {
  const { clock, run, record } = await dispatched();
  clock.pass(GIVE_UP_MS);
  await run();
  expect((await record()).processes.metadata_extraction).toMatchObject({ status: 'failed', error_code: 'no_worker' });
});

it('strikes off what has ended and what was removed, and looks at it no more', async () => {
  const { ports, run } = await dispatched();
  await cancelWork(ports, file_id);
  expect(await run()).toMatchObject({ settled: 1 });
  expect(await run()).toMatchObject({ settled: 0 });
});

it('announces a source that arrives without a word after its video was cancelled: it could not be tried again', async () => {
  const { ports, clock, announced, arrive, record, run } = await accepted();
  await cancelWork(ports, file_id);
  clock.pass(EVENT_LATE_MS);
  await run();
  expect(announced).toEqual([]);
  await arrive();
  expect(await run()).toMatchObject({ not_arrived: 1 });
  expect(announced).toEqual([key]);
  await dispatch(ports, key);
  expect((await record()).source).toMatchObject({ key });
  expect(await run()).toMatchObject({ settled: 1 });
  expect(await run()).toMatchObject({ settled: 0 });
});

it('waits no longer for the source of a cancelled video than its upload may take', async () => {
  const { ports, clock, run } = await accepted();
  await cancelWork(ports, file_id);
  clock.pass(UPLOAD_MS + UPLOAD_GRACE_MS - 1);
  expect(await run()).toMatchObject({ not_arrived: 1 });
  clock.pass(1);
  expect(await run()).toMatchObject({ settled: 1 });
  expect(await run()).toMatchObject({ settled: 0 });
});

it('removes what workers made visible of a video that ended without it, and nothing else', async () => {
  const { ports, run } = await dispatched();
  const keys = publicKeys(file_id);
  for (const at of keys) await ports.files.write(at, 'made', { contentType: 'video/mp4' });
  await run();
  expect(ports.files.keys()).toEqual(keys);
  const [kept = ''] = keys;
  const enhanced = { key: kept, size: 4, etag: 'e', content_type: 'video/mp4', encoder: 'paper', duration_seconds: 1 };
  await ports.videos.change(file_id, (video) => ({ ...video, outputs: { enhanced } }));
  await cancelWork(ports, file_id);
  await run();
  expect(ports.files.keys()).toEqual([kept]);
});

it('reclaims the parts of what a worker was writing when it died, once nobody can be at it', async () => {
  const { ports, run } = await dispatched();
  const files = memoryUploadStore();
  ports.files = files;
  await files.createMultipart(enhancedKey(file_id), 'video/mp4');
  await files.createMultipart('somebody/else', 'video/mp4');
  await run();
  expect(files.unfinished()).toHaveLength(2);
  await cancelWork(ports, file_id);
  await run();
  expect(files.unfinished()).toEqual(['somebody/else']);
});

it('goes on with the next video when one makes trouble', async () => {
  const { ports, clock, announced, arrive, run } = await accepted();
  await arrive();
  await ports.videos.create(aVideo({ file_id: '00000000-0000-4000-8000-000000000001' }));
  clock.pass(EVENT_LATE_MS);
  const head = ports.uploads.head;
  ports.uploads.head = (asked) => (asked === key ? head(asked) : Promise.reject(new Error('S3 is moody')));
  expect(await run()).toMatchObject({ not_arrived: 2 });
  expect(announced).toEqual([key]);
});

describe('what was seen of a video may be over by the time that something is done about it', () => {
  /** Somebody is faster than the sweep: it sees each record as it was a moment ago. */
  async function late(world: Awaited<ReturnType<typeof dispatched>>, meanwhile: () => Promise<unknown>) {
    const get: typeof world.ports.videos.get = async (which) => {
      const seen = await world.ports.videos.get(which);
      await meanwhile();
      return seen;
    };
    await sweep({ ...world.ports, videos: { ...world.ports.videos, get } }, new AbortController().signal);
  }

  it('so a task is not given again that a worker has just taken up, but the other is', async () => {
    const world = await dispatched();
    world.clock.pass(NUDGE_MS);
    await late(world, () => world.claimed('video_enhancement'));
    expect(world.recorded.published.slice(1).map(({ type }) => type)).toEqual(['video.extract-metadata']);
    expect((await world.record()).processes.video_enhancement.nudged_at).toBeNull();
  });

  it('so what is given again is the attempt that waits now', async () => {
    const world = await dispatched();
    world.clock.pass(NUDGE_MS);
    await late(world, () =>
      world.ports.videos.change(file_id, (video) => ({ ...video, attempt: 2, dispatched_attempt: 2 })),
    );
    expect(world.recorded.published.slice(1).map(({ attempt }) => attempt)).toEqual([2, 2]);
  });

  it('so what somebody has taken up after a day is not given up, but the other is', async () => {
    const world = await dispatched();
    world.clock.pass(GIVE_UP_MS);
    await late(world, () => world.claimed('video_enhancement'));
    const { video_enhancement, metadata_extraction } = (await world.record()).processes;
    expect([video_enhancement.status, metadata_extraction.status]).toEqual(['processing', 'failed']);
  });
});

it('keeps what a failed attempt was worked on with, for a retry to take over, and no other’s', async () => {
  const { ports, run, record } = await dispatched();
  const piece = attemptKey(file_id, 1, 1, 'chunk');
  await ports.files.write(piece, 'made', { contentType: 'video/mp4' });
  const end = (status: 'failed' | 'cancelled') =>
    ports.videos.change(file_id, (video) => {
      const processes = { ...video.processes };
      for (const type of PROCESS_TYPES) processes[type] = { ...processes[type], status };
      return { ...video, processes };
    });
  await end('failed');
  expect(await run()).toMatchObject({ settled: 1 });
  expect(ports.files.keys()).toEqual([piece]);
  await retry(ports, file_id);
  expect((await record()).attempt).toBe(2);
  await end('cancelled');
  expect(await run()).toMatchObject({ settled: 1 });
  expect(ports.files.keys()).toEqual([]);
});

it('begins with no other video once its time is nearly over', async () => {
  const { ports, clock } = await dispatched();
  clock.pass(GIVE_UP_MS);
  expect(await sweep(ports, AbortSignal.abort())).toMatchObject({ silent: 0 });
});

it('is none the worse for parts that it cannot reclaim', async () => {
  const { ports } = await dispatched();
  const openUploads = () => Promise.reject(new Error('S3 is moody'));
  const files = { ...ports.files, openUploads };
  expect(await sweep({ ...ports, files }, new AbortController().signal)).toMatchObject({ well: 1 });
});

it('does not end an upload whose source arrives while it looks', async () => {
  const { ports, clock, arrive, record, announced } = await accepted();
  clock.pass(UPLOAD_MS + UPLOAD_GRACE_MS);
  const head: typeof ports.uploads.head = async (which) => {
    const before = await ports.uploads.head(which);
    await arrive();
    await dispatch(ports, which);
    return before;
  };
  await sweep({ ...ports, uploads: { ...ports.uploads, head } }, new AbortController().signal);
  expect((await record()).processes.video_enhancement.status).toBe('pending');
  expect(announced).toEqual([]);
});
