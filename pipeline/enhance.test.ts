import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BadInput, TransientError } from '../core/errors.ts';
import { attemptPrefix, enhancedKey, posterKey, sharedSourceKey, sourceKey, webpPosterKey } from '../core/keys.ts';
import { RETRY_DELAYS_MS, type TaskMessage } from '../core/messages.ts';
import type { MediaTools, Vision } from '../core/ports/index.ts';
import { claim, LEASE_MS, MAX_FAILURES } from '../core/process.ts';
import { classic } from '../core/profiles/classic.ts';
import type { FilterPlan } from '../core/profiles/profile.ts';
import { changeProcess, type Video } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { plainFacts } from '../test/plain-facts.ts';
import { paperMedia, twins } from '../test/twins.ts';
import { cancelWork } from './cancel.ts';
import { deleteVideo } from './delete-video.ts';
import { dispatch } from './dispatch.ts';
import { enhance } from './enhance.ts';

const id = aVideo().file_id;
const never = new AbortController().signal;

/** A video that was uploaded and dispatched, and the message that says so. */
async function dispatched() {
  const world = twins();
  await world.ports.videos.create(aVideo());
  await world.ports.uploads.write(sourceKey(id), 'movie', { contentType: 'video/mp4' });
  await dispatch(world.ports, sourceKey(id));
  const message = world.recorded.published[0] as TaskMessage;
  const state = async () => (await world.ports.videos.get(id))?.processes.video_enhancement;
  return { ...world, message, state };
}

/** Media tools whose encode does this first. */
function mediaThat(first: () => Promise<void>) {
  const media = paperMedia();
  return {
    ...media,
    enhance: async (job: Parameters<typeof media.enhance>[0]) => {
      await first();
      return media.enhance(job);
    },
  };
}

it('puts the result where people fetch it, and nothing else', async () => {
  const { ports, message } = await dispatched();
  await enhance(ports, message, 'worker', never);
  const video = await ports.videos.get(id);
  expect(video?.processes.video_enhancement).toMatchObject({ status: 'completed', progress: 100, claim: null });
  expect(video?.outputs.enhanced).toMatchObject({ key: enhancedKey(id), size: 5, encoder: 'paper' });
  expect(video?.receipts.video_enhancement).toMatchObject({
    cpu_seconds: 0.8,
    bytes_read: 5,
    bytes_written: 18,
  });
  expect(await ports.files.head(enhancedKey(id))).toMatchObject({ size: 5, content_type: 'video/mp4' });
  expect(await ports.files.head(`${attemptPrefix(id, 1)}1/enhanced`)).toBeUndefined();
});

it('puts a poster and the source for comparing beside it', async () => {
  const { ports, message } = await dispatched();
  await enhance(ports, message, 'worker', never);
  const { outputs } = (await ports.videos.get(id)) ?? {};
  expect(outputs).toMatchObject({
    poster: { key: posterKey(id), webp: { key: webpPosterKey(id) } },
    source: { key: sharedSourceKey(id), sharing: 'proxy' },
  });
});

it('looks only where the profile wants to know, and tells what it found before the long work begins', async () => {
  const { ports, message } = await dispatched();
  let told: Video['analysis'] | undefined;
  let looked = 0;
  const media = mediaThat(async () => {
    told = (await ports.videos.get(id))?.analysis;
  });
  const measure: Vision['measure'] = (...frame) => {
    looked += 1;
    return ports.vision.measure(...frame);
  };
  await ports.videos.change(id, (video) => ({ ...video, profile: 'adaptive' }));
  await enhance({ ...ports, media, vision: { ...ports.vision, measure } }, message, 'worker', never);
  expect(looked).toBe(1);
  expect(told).toMatchObject({ samples: 1, scenes: 1, summary: expect.any(String) });
  expect((await ports.videos.get(id))?.analysis).toEqual(told);

  const other = await dispatched();
  await enhance(other.ports, other.message, 'worker', never);
  expect((await other.ports.videos.get(id))?.analysis).toMatchObject({ samples: 0, summary: classic.summary });
});

it('keeps high dynamic range where that was asked for: nothing is looked at or repaired, the poster is for any screen', async () => {
  const { ports, message } = await dispatched();
  const paper = paperMedia();
  const hdr = { kind: 'hlg', peak: null, dolbyVision: null } as const;
  const plans: FilterPlan[] = [];
  const shown: unknown[] = [];
  const media: MediaTools = {
    ...paper,
    probe: async () => ({ report: { format: {}, streams: [], chapters: [] }, facts: plainFacts({ hdr }) }),
    enhance: (job) => {
      plans.push(job.plan);
      return paper.enhance(job);
    },
    makePoster: (job) => {
      shown.push(job.shown);
      return paper.makePoster(job);
    },
  };
  await ports.videos.change(id, (video) => ({ ...video, profile: 'adaptive', hdr: 'keep' }));
  await enhance({ ...ports, media }, message, 'worker', never);
  expect(plans).toMatchObject([{ color: { transfer: 'arib-std-b67' }, hdr: { kind: 'hlg' } }]);
  expect(shown).toEqual([expect.stringContaining('tonemap')]);
  expect((await ports.videos.get(id))?.analysis).toMatchObject({
    samples: 0,
    findings: [{ subject: 'dynamic_range', verdict: 'left' }],
  });
});

it('tells of standard range where high could not be written', async () => {
  const { ports, message } = await dispatched();
  const paper = paperMedia();
  const hdr = { kind: 'pq', peak: 1000, dolbyVision: null } as const;
  const media: MediaTools = {
    ...paper,
    probe: async () => ({ report: { format: {}, streams: [], chapters: [] }, facts: plainFacts({ hdr }) }),
    enhance: async (job) => ({
      ...(await paper.enhance(job)),
      notes: ['in standard range'],
      ...(job.plan.hdr && { otherwise: job.plan.hdr.otherwise }),
    }),
  };
  await ports.videos.change(id, (video) => ({ ...video, hdr: 'keep' }));
  await enhance({ ...ports, media }, message, 'worker', never);
  expect((await ports.videos.get(id))?.analysis).toMatchObject({
    findings: [{ subject: 'dynamic_range', verdict: 'mended' }],
    notes: ['in standard range'],
  });
});

it('does nothing for a message that comes again', async () => {
  const { ports, message } = await dispatched();
  await enhance(ports, message, 'worker', never);
  const before = await ports.videos.get(id);
  await enhance(ports, message, 'worker', never);
  expect(await ports.videos.get(id)).toEqual(before);
});

it('does nothing for a message of an attempt that is not the current one', async () => {
  const { ports, message, state } = await dispatched();
  await enhance(ports, { ...message, attempt: 2 }, 'worker', never);
  expect((await state())?.status).toBe('pending');
});

it('fails at once on bad input, with the reason that people see', async () => {
  const { ports, message, state, recorded } = await dispatched();
  const media = mediaThat(() => Promise.reject(new BadInput('not_a_video', 'This file holds no video.')));
  await enhance({ ...ports, media }, message, 'worker', never);
  expect(await state()).toMatchObject({
    status: 'failed',
    error: 'This file holds no video.',
    error_code: 'not_a_video',
  });
  expect(recorded.later).toEqual([]);
});

it('tries again after a failure that may pass, later each time, and parks what keeps failing', async () => {
  const { ports, message, state, recorded } = await dispatched();
  const media = mediaThat(() => Promise.reject(new TransientError('disk_full', 'no room')));
  for (let i = 0; i < MAX_FAILURES; i++) await enhance({ ...ports, media }, message, 'worker', never);
  expect(recorded.later.map(({ delay }) => delay)).toEqual([...RETRY_DELAYS_MS, RETRY_DELAYS_MS.at(-1)]);
  expect(await state()).toMatchObject({ status: 'failed', failures: MAX_FAILURES, error_code: 'disk_full' });
  expect(recorded.parked).toMatchObject([{ queue: 'enhance', reason: expect.stringContaining('disk_full') }]);
});

it('does not tell people the details of an error that nobody expected', async () => {
  const { ports, message, state } = await dispatched();
  const media = mediaThat(() => Promise.reject(new Error('secret detail')));
  for (let i = 0; i < MAX_FAILURES; i++) await enhance({ ...ports, media }, message, 'worker', never);
  expect((await state())?.error).not.toContain('secret');
});

describe('while another worker holds the claim', () => {
  async function held() {
    const world = await dispatched();
    await world.ports.videos.change(id, (video) =>
      changeProcess(
        video,
        'video_enhancement',
        (process) => claim(process, 'other', world.clock.now()),
        world.clock.now(),
      ),
    );
    return world;
  }

  it('looks again later', async () => {
    const { ports, message, recorded, state } = await held();
    await enhance(ports, message, 'worker', never);
    expect(recorded.later).toMatchObject([{ queue: 'enhance', message }]);
    expect(await state()).toMatchObject({ fence: 1, claim: { worker: 'other' } });
  });

  it('takes over once the lease has run out', async () => {
    const { ports, message, clock, state } = await held();
    clock.pass(LEASE_MS);
    await enhance(ports, message, 'worker', never);
    expect(await state()).toMatchObject({ status: 'completed', fence: 2, failures: 1 });
  });
});

it('gives up a video that makes its workers vanish', async () => {
  const { ports, message, clock, state, recorded } = await dispatched();
  for (let i = 0; i < MAX_FAILURES; i++) {
    await ports.videos.change(id, (video) =>
      changeProcess(video, 'video_enhancement', (process) => claim(process, `w${i}`, clock.now()), clock.now()),
    );
    clock.pass(LEASE_MS);
  }
  await enhance(ports, message, 'worker', never);
  expect(await state()).toMatchObject({ status: 'failed', error_code: 'workers_lost' });
  expect(recorded.parked).toHaveLength(1);
});

it('hands the video back when the worker is told to stop', async () => {
  const { ports, message, state } = await dispatched();
  const stop = new AbortController();
  const media = mediaThat(async () => {
    stop.abort(new Error('stopped'));
    throw stop.signal.reason;
  });
  await expect(enhance({ ...ports, media }, message, 'worker', stop.signal)).rejects.toThrow('stopped');
  expect(await state()).toMatchObject({ status: 'pending', failures: 0 });
});

it('has what it is at ended when the worker is told to stop', async () => {
  const { ports, message, state } = await dispatched();
  const stop = new AbortController();
  const media = paperMedia();
  media.enhance = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      stop.abort(new Error('stopped'));
    });
  await expect(enhance({ ...ports, media }, message, 'worker', stop.signal)).rejects.toThrow('stopped');
  expect(await state()).toMatchObject({ status: 'pending', failures: 0, claim: null });
});

it('takes all back that can be seen when it is cancelled in the last moment', async () => {
  const { ports, message, state } = await dispatched();
  const remove: typeof ports.files.remove = async (key) => {
    // What was staged goes when all is in its place.
    if (key.startsWith(attemptPrefix(id, 1)) && key.endsWith('/enhanced')) await cancelWork(ports, id);
    return ports.files.remove(key);
  };
  await enhance({ ...ports, files: { ...ports.files, remove } }, message, 'worker', never);
  expect(await state()).toMatchObject({ status: 'cancelled' });
  expect(ports.files.keys()).toEqual([]);
});

it('stops within a heartbeat when the video is cancelled, and leaves nothing behind', async () => {
  const { ports, message, state } = await dispatched();
  let stopped = 0;
  const media = {
    ...paperMedia(),
    enhance: async ({ signal }: { signal: AbortSignal }) => {
      await cancelWork(ports, id);
      const begun = performance.now();
      await sleep(5_000, undefined, { signal }).catch(() => {});
      stopped = performance.now() - begun;
      signal.throwIfAborted();
      throw new Error('the signal never came');
    },
  };
  await enhance({ ...ports, media }, message, 'worker', never);
  expect(stopped).toBeLessThan(2_500);
  expect((await state())?.status).toBe('cancelled');
  expect(await ports.files.head(enhancedKey(id))).toBeUndefined();
});

it('publishes nothing when the claim is lost before the result is made visible', async () => {
  const { ports, message, clock, state } = await dispatched();
  const media = mediaThat(async () => {
    // Asleep for longer than its lease, while another worker took over.
    clock.pass(LEASE_MS);
    await ports.videos.change(id, (video) =>
      changeProcess(video, 'video_enhancement', (process) => claim(process, 'other', clock.now()), clock.now()),
    );
  });
  await enhance({ ...ports, media }, message, 'worker', never);
  expect(await state()).toMatchObject({ status: 'processing', claim: { worker: 'other' } });
  expect(await ports.files.head(enhancedKey(id))).toBeUndefined();
});

it('takes its result back when the video is deleted in the last moment', async () => {
  const { ports, message } = await dispatched();
  const files = {
    ...ports.files,
    copy: async (...args: Parameters<typeof ports.files.copy>) => {
      await deleteVideo(ports, id);
      return ports.files.copy(...args);
    },
  };
  await enhance({ ...ports, files }, message, 'worker', never);
  expect(await ports.videos.get(id)).toBeUndefined();
  expect(await ports.files.head(enhancedKey(id))).toBeUndefined();
  expect(await ports.uploads.head(sourceKey(id))).toBeUndefined();
});

/** A store whose next matching write is done, but its answer is lost while somebody else changes the record. */
function losingAnswers(
  world: Awaited<ReturnType<typeof dispatched>>,
  matches: (before: string | undefined, after: string | undefined) => boolean,
) {
  const { videos } = world.ports;
  let lost = false;
  return {
    ...videos,
    change: async (...[fileId, decide]: Parameters<typeof videos.change>) => {
      const before = (await videos.get(fileId))?.processes.video_enhancement.status;
      const first = await videos.change(fileId, decide);
      const after = (await videos.get(fileId))?.processes.video_enhancement.status;
      if (lost || !matches(before, after)) return first;
      lost = true;
      await videos.change(fileId, (video) => ({ ...video, updated_at: world.clock.now().toISOString() }));
      return videos.change(fileId, decide);
    },
  };
}

it('keeps its result when the answer to its last write is lost', async () => {
  const world = await dispatched();
  const videos = losingAnswers(world, (_, after) => after === 'completed');
  await enhance({ ...world.ports, videos }, world.message, 'worker', never);
  expect((await world.state())?.status).toBe('completed');
  expect(await world.ports.files.head(enhancedKey(id))).toBeDefined();
});

it('tries again later when the answer to its report of a failure is lost', async () => {
  const world = await dispatched();
  const videos = losingAnswers(world, (before, after) => before === 'processing' && after === 'pending');
  const media = mediaThat(() => Promise.reject(new TransientError('disk_full', 'no room')));
  await enhance({ ...world.ports, videos, media }, world.message, 'worker', never);
  expect(await world.state()).toMatchObject({ status: 'pending', failures: 1 });
  expect(world.recorded.later).toHaveLength(1);
});
