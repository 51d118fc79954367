import { beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../core/errors.ts';
import { posterKey, publicKeys, sharedSourceKey, sourceKey, webpPosterKey } from '../core/keys.ts';
import { silentLog } from '../core/log.ts';
import type { Probe } from '../core/ports/index.ts';
import { rangeSource } from '../core/range-source.ts';
import { cancelVideo, receiveSource, sourceOf, type Video } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { plainFacts } from '../test/plain-facts.ts';
import { twins } from '../test/twins.ts';
import { deleteVideo } from './delete-video.ts';
import { makePoster } from './make-poster.ts';
import { shareSource } from './share-source.ts';
import type { Claim } from './under-claim.ts';

const id = aVideo().file_id;
const streams = [{ index: 0, profile: 'High', level: 40, codec_tag_string: 'avc1' }];
const PLAYABLE: Probe = { facts: plainFacts(), report: { format: { duration: '1' }, streams, chapters: [] } };
const HEVC: Probe = { ...PLAYABLE, facts: plainFacts({ codec: 'hevc' }) };

let world: ReturnType<typeof twins>;
let video: Video;
let stop: AbortController;
let claim: Claim;

beforeEach(async () => {
  world = twins();
  const { uploads, videos } = world.ports;
  const { key, size, etag } = await uploads.write(sourceKey(id), 'movie', { contentType: 'video/mp4' });
  video = receiveSource(aVideo(), { key, size, etag, checksum: null }, new Date()) as Video;
  await videos.create(video);
  stop = new AbortController();
  claim = {
    video,
    fence: 1,
    signal: stop.signal,
    log: silentLog,
    progress: () => {},
    record: undefined,
    step: (_, work) => work(),
    confirm: async () => {},
  };
});

const inScratch = <T>(use: (folder: string) => Promise<T>) => world.ports.scratch(use);
const share = (probe: Probe, media = world.ports.media) =>
  inScratch((scratch) => {
    const source = rangeSource(world.ports.uploads, sourceOf(video));
    return shareSource({ ...world.ports, media }, claim, probe, null, { source, scratch, onProgress: () => {} });
  });
const poster = (media = world.ports.media) =>
  inScratch((scratch) => makePoster({ ...world.ports, media }, claim, { path: 'x', durationSeconds: 1, scratch }));
const cancelled = () => world.ports.videos.change(id, (current) => cancelVideo(current, new Date()));
const head = (key: string) => world.ports.files.head(key);
const broken = () => Promise.reject(new TransientError('poster_failed', 'broken'));

describe('the source for comparing', () => {
  it('is itself where browsers play it, copied without being read', async () => {
    const { outputs, undo, bytesWritten } = await share(PLAYABLE);
    expect(outputs.source).toMatchObject({ size: 5, content_type: 'video/mp4', sharing: 'original' });
    expect(await head(sharedSourceKey(id))).toMatchObject({ size: 5, etag: outputs.source?.etag });
    expect(bytesWritten).toBe(0);
    await cancelled();
    await undo();
    expect(await head(sharedSourceKey(id))).toBeUndefined();
  });

  it('is made playable where they do not, and staged under the claim', async () => {
    const { outputs, cpuSeconds, bytesWritten } = await share(HEVC);
    expect(outputs.source).toMatchObject({ size: 5, content_type: 'video/mp4', sharing: 'proxy' });
    expect([cpuSeconds, bytesWritten]).toEqual([0.2, 5]);
    expect(world.ports.files.keys()).toEqual([sharedSourceKey(id)]);
  });

  it('is not made again for a retry', async () => {
    const { outputs } = await share(HEVC);
    claim = { ...claim, video: { ...video, outputs } };
    const media = { ...world.ports.media, makePlayable: broken };
    expect((await share(HEVC, media)).outputs).toEqual({});
    expect(await head(sharedSourceKey(id))).toMatchObject({ etag: outputs.source?.etag });
    await world.ports.files.remove(sharedSourceKey(id));
    expect((await share(HEVC)).outputs.source).toBeDefined();
  });
});

it('a poster is there as JPEG and, smaller, as WebP', async () => {
  const { outputs, undo, bytesWritten } = await poster();
  expect(outputs.poster).toMatchObject({ key: posterKey(id), content_type: 'image/jpeg', width: 2, height: 1 });
  expect(await head(posterKey(id))).toMatchObject({ content_type: 'image/jpeg' });
  expect(await head(webpPosterKey(id))).toMatchObject({ content_type: 'image/webp' });
  expect(bytesWritten).toBe(8);
  await cancelled();
  await undo();
  expect(await head(posterKey(id))).toBeUndefined();
  expect(await head(webpPosterKey(id))).toBeUndefined();
});

describe('what fails beside a video', () => {
  it('is left out', async () => {
    const nothing = { outputs: {}, cpuSeconds: 0, bytesWritten: 0 };
    expect(await poster({ ...world.ports.media, makePoster: broken })).toMatchObject(nothing);
    expect(await share(HEVC, { ...world.ports.media, makePlayable: broken })).toMatchObject(nothing);
    expect(await head(posterKey(id))).toBeUndefined();
  });

  it('is not left out when the claim is lost: that ends the work', async () => {
    const makePlayable = async () => {
      stop.abort(new Error('cancelled'));
      throw stop.signal.reason;
    };
    await expect(share(HEVC, { ...world.ports.media, makePlayable })).rejects.toThrow('cancelled');
    expect(await head(sharedSourceKey(id))).toBeUndefined();
  });
});

it('all of it goes with the video', async () => {
  await share(PLAYABLE);
  await poster();
  for (const key of publicKeys(id)) await world.ports.files.write(key, 'x', { contentType: 'text/plain' });
  await deleteVideo(world.ports, id);
  for (const key of publicKeys(id)) expect(await head(key), key).toBeUndefined();
});
