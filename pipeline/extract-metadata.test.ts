import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { BadInput, TransientError } from '../core/errors.ts';
import { metadataKey, sourceKey } from '../core/keys.ts';
import type { TaskMessage } from '../core/messages.ts';
import { MetadataDocument } from '../core/metadata.ts';
import type { MediaTools } from '../core/ports/index.ts';
import { LEASE_MS, MAX_FAILURES } from '../core/process.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { cancelWork } from './cancel.ts';
import { dispatch } from './dispatch.ts';
import { extractMetadata } from './extract-metadata.ts';

const never = new AbortController().signal;
const id = aVideo().file_id;
let world: ReturnType<typeof twins>;

beforeEach(async () => {
  world = twins();
  await world.ports.videos.create(aVideo());
  await world.ports.uploads.write(sourceKey(id), 'movie', { contentType: 'video/mp4' });
  await dispatch(world.ports, sourceKey(id));
});

const extract = (media: Partial<MediaTools> = {}, deadline = never) => {
  const ports = { ...world.ports, media: { ...world.ports.media, ...media } };
  return extractMetadata(ports, world.recorded.published[0] as TaskMessage, 'worker', deadline);
};
/** Waits until it is stopped. */
const endless = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason));
  });
const state = async () => (await world.ports.videos.get(id))?.processes.metadata_extraction;

it('publishes the document, and says what it took', async () => {
  await extract();
  expect(await state()).toMatchObject({ status: 'completed', progress: 100 });
  const { size } = (await world.ports.files.head(metadataKey(id))) ?? { size: 0 };
  const chunks = [];
  for await (const chunk of await world.ports.files.read(metadataKey(id), { start: 0, end: size - 1 }))
    chunks.push(chunk);
  expect(MetadataDocument.parse(JSON.parse(Buffer.concat(chunks).toString()))).toMatchObject({ file_id: id });
  const receipt = (await world.ports.videos.get(id))?.receipts.metadata_extraction;
  expect(Object.keys(receipt?.steps ?? {}).sort()).toEqual(['first-frame', 'probe', 'publish']);
});

it('tells what the header says, and looks for no frame any more', async () => {
  let ended = false;
  await extract({
    probe: () => Promise.reject(new BadInput('not_a_video', 'This file holds no video.')),
    firstFrame: (_, signal) =>
      new Promise((_, reject) => {
        // A program takes a moment to go, and holds its source until then.
        const stop = () =>
          setImmediate(() => {
            ended = true;
            reject(signal.reason);
          });
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop);
      }),
  });
  expect(ended).toBe(true);
  expect(await state()).toMatchObject({ status: 'failed', error_code: 'not_a_video' });
});

it('tells what the header says even when the frame fails first', async () => {
  await extract({
    probe: async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new BadInput('not_a_video', 'This file holds no video.');
    },
    firstFrame: () => Promise.reject(new BadInput('undecodable', 'No picture.')),
  });
  expect(await state()).toMatchObject({ status: 'failed', error_code: 'not_a_video' });
  // There is nothing to be mended.
  expect(world.recorded.parked).toEqual([]);
});

it('shows nothing of a video that was cancelled meanwhile, not even for a moment', async () => {
  const written: string[] = [];
  const { write } = world.ports.files;
  world.ports.files.write = (key, ...rest) => {
    written.push(key);
    return write(key, ...rest);
  };
  await extract({
    firstFrame: async (...asked) => {
      await cancelWork(world.ports, id);
      return world.ports.media.firstFrame(...asked);
    },
  });
  expect(written).toEqual([]);
  expect(await state()).toMatchObject({ status: 'cancelled' });
});

it('tries again when no frame was had for want of luck', async () => {
  await extract({ firstFrame: () => Promise.reject(new TransientError('decode_failed', 'killed')) });
  expect(await state()).toMatchObject({ status: 'pending', failures: 1 });
  expect(world.recorded.later).toMatchObject([{ queue: 'metadata' }]);
});

describe('what takes longer than the function may', () => {
  const tooLong = { probe: (_: unknown, signal: AbortSignal) => endless(signal) };

  it('is a failure, tried again after a while', async () => {
    await extract(tooLong, AbortSignal.timeout(1));
    expect(await state()).toMatchObject({ status: 'pending', failures: 1, claim: null });
    expect(world.recorded.later).toMatchObject([{ queue: 'metadata', delay: 2_000 }]);
  });

  it('is given up with a reason, once, and the video is enhanced nevertheless', async () => {
    for (let tries = 0; tries < MAX_FAILURES + 1; tries++) await extract(tooLong, AbortSignal.timeout(1));
    expect(await state()).toMatchObject({ status: 'failed', error_code: 'took_too_long', failures: MAX_FAILURES });
    expect(world.recorded.parked).toMatchObject([{ queue: 'metadata', reason: 'failed 5 times: took_too_long' }]);
    expect((await world.ports.videos.get(id))?.processes.video_enhancement).toMatchObject({ status: 'pending' });
  });

  it('is told apart from what the header says is wrong', async () => {
    await extract({ probe: () => Promise.reject(new BadInput('not_a_video', 'No.')) }, AbortSignal.abort());
    expect(await state()).toMatchObject({ status: 'failed', error_code: 'not_a_video' });
  });
});

it('has no heartbeat any more once it has ended, in whatever way', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  await extract({ probe: () => Promise.reject(new TransientError('source_unreadable', 'S3 is moody')) });
  expect(vi.getTimerCount()).toBe(0);
  await extract();
  expect(vi.getTimerCount()).toBe(0);
});

it('is given up when the function is killed over it again and again, before it can say a word', async () => {
  // Who is killed has no heartbeat.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  for (let tries = 0; tries < MAX_FAILURES; tries++) {
    const stopped = Promise.withResolvers<void>();
    void extract({
      probe: async () => {
        stopped.resolve();
        return new Promise(() => {});
      },
    });
    await stopped.promise;
    world.clock.pass(LEASE_MS);
  }
  expect(await state()).toMatchObject({ status: 'processing', failures: MAX_FAILURES - 1 });
  await Promise.all([extract(), extract()]);
  expect(await state()).toMatchObject({ status: 'failed', error_code: 'workers_lost' });
  expect(world.recorded.parked).toHaveLength(1);
});
