import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TransientError } from '../core/errors.ts';
import { sourceKey } from '../core/keys.ts';
import type { TaskMessage } from '../core/messages.ts';
import type { MediaTools } from '../core/ports/index.ts';
import { LEASE_MS, spend } from '../core/process.ts';
import { NOTHING_SPENT } from '../core/spent.ts';
import { changeProcess } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { paperMedia, twins } from '../test/twins.ts';
import { cancelWork } from './cancel.ts';
import { dispatch } from './dispatch.ts';
import { enhance } from './enhance.ts';
import { extractMetadata } from './extract-metadata.ts';
import { retry } from './retry.ts';
import { workOn } from './work-on.ts';

/* What a video has cost is written down once, whatever comes twice, breaks off or is tried again. */

const id = aVideo().file_id;
const never = new AbortController().signal;

async function dispatched() {
  const world = twins();
  const { ports, recorded, taken } = world;
  await ports.videos.create(aVideo());
  await ports.uploads.write(sourceKey(id), 'movie', { contentType: 'video/mp4' });
  await dispatch(ports, sourceKey(id));
  const message = recorded.published[0] as TaskMessage;
  const spent = async () => (await ports.videos.get(id))?.processes.video_enhancement.spent;
  const work = (seconds: number, media: MediaTools = ports.media, signal = never) => {
    taken.seconds = seconds;
    return enhance({ ...ports, media }, message, 'worker', signal);
  };
  return { ...world, message, spent, work };
}

const broken: MediaTools = {
  ...paperMedia(),
  enhance: () => Promise.reject(new TransientError('encode_failed', 'no')),
};

it('is what the task took', async () => {
  const { work, spent, taken } = await dispatched();
  Object.assign(taken, { vcpu_seconds: 6, s3_reads: 4, table_writes: 20.5 });
  await work(3);
  expect(await spent()).toEqual({
    ...NOTHING_SPENT,
    ...{ runs: 1, seconds: 3, vcpu_seconds: 6, s3_reads: 4, table_writes: 20.5 },
  });
});

it('is counted for metadata likewise', async () => {
  const { ports, message, taken } = await dispatched();
  taken.seconds = 0.4;
  await extractMetadata(ports, message, 'function', never);
  expect((await ports.videos.get(id))?.processes.metadata_extraction.spent).toMatchObject({ runs: 1, seconds: 0.4 });
});

it('does not grow when a task is delivered again', async () => {
  const { work, spent } = await dispatched();
  await work(3);
  await work(5);
  expect(await spent()).toMatchObject({ runs: 1, seconds: 3 });
});

it('has tries that failed, and attempts before this one', async () => {
  const { work, spent, ports, message, taken } = await dispatched();
  await work(3, broken);
  await work(4);
  await extractMetadata(ports, message, 'function', never);
  await retry(ports, id);
  taken.seconds = 5;
  await enhance(ports, { ...message, attempt: 2 }, 'worker', never);
  expect(await spent()).toMatchObject({ runs: 3, seconds: 12 });
});

it('has what a worker took that was told to stop', async () => {
  const { work, spent } = await dispatched();
  const stop = new AbortController();
  const media: MediaTools = {
    ...paperMedia(),
    enhance: () => {
      stop.abort(new Error('stopped'));
      return Promise.reject(stop.signal.reason);
    },
  };
  await expect(work(2, media, stop.signal)).rejects.toThrow('stopped');
  await work(3);
  expect(await spent()).toMatchObject({ runs: 2, seconds: 5 });
});

it('has what a worker took that vanished, as of its last sign of life; when it wakes, nothing more', async () => {
  const { work, spent, ports, clock } = await dispatched();
  const media: MediaTools = {
    ...paperMedia(),
    enhance: async (job) => {
      // Its last heartbeat says seven seconds; then it sleeps, and another takes over.
      await ports.videos.change(id, (video) =>
        changeProcess(
          video,
          'video_enhancement',
          (is) => spend(is, 1, { ...NOTHING_SPENT, runs: 1, seconds: 7 }),
          clock.now(),
        ),
      );
      clock.pass(LEASE_MS);
      await work(3);
      return paperMedia().enhance(job);
    },
  };
  await work(100, media);
  expect(await spent()).toMatchObject({ runs: 2, seconds: 10 });
});

it('has what was taken until it was cancelled', async () => {
  const { work, spent, ports } = await dispatched();
  const media: MediaTools = {
    ...paperMedia(),
    enhance: async ({ signal }) => {
      // Long enough for a heartbeat to say what was taken.
      await sleep(1_200);
      await cancelWork(ports, id);
      await sleep(5_000, undefined, { signal }).catch(() => {});
      throw signal.reason;
    },
  };
  await work(2, media);
  expect(await spent()).toMatchObject({ runs: 1, seconds: 2 });
});

describe('a video that is cut', () => {
  it('pays for its planning, each of its pieces and their putting together, and for pieces that failed', async () => {
    const { ports, recorded, taken, spent } = await dispatched();
    let failed = false;
    const media = cutting(() => {
      if (failed) return;
      failed = true;
      throw new TransientError('chunk_failed', 'no');
    });
    taken.seconds = 1;
    let tasks = 0;
    const next = () => recorded.published.shift() ?? recorded.later.shift()?.message;
    for (let message = next(); message; message = next()) {
      await workOn({ ...ports, media }, message, 'worker', never);
      tasks += 1;
    }
    expect((await ports.videos.get(id))?.processes.video_enhancement.status).toBe('completed');
    // The plan, three chunks (one of them twice), the source for comparing, and putting it together.
    expect(tasks).toBe(7);
    expect(await spent()).toMatchObject({ runs: 7, seconds: 7 });
  });

  it('pays for a piece that was in hand when its plan was given up', async () => {
    const { ports, message, recorded, taken, spent, clock } = await dispatched();
    taken.seconds = 1;
    const media = cutting();
    await enhance({ ...ports, media }, message, 'worker', never);
    const piece = recorded.published.find(({ type }) => type === 'video.piece');
    const abandoned: MediaTools = {
      ...media,
      makePlayable: async ({ signal }) => {
        await ports.videos.change(id, (video) => ({ ...video, work: null, updated_at: clock.now().toISOString() }));
        taken.seconds = 4;
        await sleep(5_000, undefined, { signal }).catch(() => {});
        throw signal.reason;
      },
    };
    await workOn({ ...ports, media: abandoned }, piece as TaskMessage, 'worker', never);
    expect(await spent()).toMatchObject({ runs: 2, seconds: 5 });
  });
});

/** Cuts every video in three, silent ones. */
function cutting(first: () => void = () => {}): MediaTools {
  const paper = paperMedia();
  const chunks = [0, 1, 2].map((index) => ({
    ...{ index, start: index === 0 ? null : index, end: index === 2 ? null : index + 1, seek: index },
    bytes: { from: index, to: null },
    onward: 0,
    cut: null,
  }));
  const encoded = async (job: Parameters<MediaTools['enhance']>[0]) => {
    const { path, size } = await paper.enhance(job);
    return { path, size, cpuSeconds: 1 };
  };
  return {
    ...paper,
    cut: async () => ({
      timeline: { timeBase: { num: 1, den: 1 }, origin: 0, first: 0, chunks },
      ...{ encoder: 'paper', threads: 1, build: '1', sound: false },
    }),
    enhanceChunk: async (job) => {
      first();
      const of = { frames: 1, first: job.index, last: job.index, fingerprint: '', parameterSets: '' };
      return { ...(await encoded(job)), ...of };
    },
    assemble: async ({ chunks: [chunk] }) => ({ path: chunk?.path ?? '', size: 5, durationSeconds: 3, cpuSeconds: 1 }),
  };
}
