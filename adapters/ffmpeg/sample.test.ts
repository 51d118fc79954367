import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../core/log.ts';
import type { SampledFrame } from '../../core/ports/index.ts';
import { makeClip, makeTurnedClip } from '../../test/clips.ts';
import { fileSource } from '../../test/file-source.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { ffmpegTools } from './tools.ts';

// Programs and a large WASM start here, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const never = new AbortController().signal;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sample-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A clip whose luma is the second that it is in, times two, with a keyframe every `gop` pictures. */
function counting(name: string, seconds: number, gop: number, more: string[] = []): string {
  const path = join(folder, name);
  const picture = `color=black:size=96x64:rate=10:duration=${seconds},format=yuv420p,geq=lum='16+2*floor(T)':cb=128:cr=128`;
  const x264 = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-g',
    String(gop),
    '-sc_threshold',
    '0',
  ];
  execFileSync(programs.ffmpeg, ['-v', 'error', '-y', '-f', 'lavfi', '-i', picture, ...x264, ...more, path]);
  return path;
}

async function samples(path: string, count: number): Promise<SampledFrame[]> {
  const source = await fileSource(path);
  const { facts } = await media.probe(source, never);
  const frames: SampledFrame[] = [];
  for await (const frame of media.sample(source, facts, { count, graph: '' }, never)) frames.push(frame);
  return frames.sort((a, b) => a.time - b.time);
}

const HEAVY_SECONDS = 6;
/** Noise, with sound. */
function heavy(name: string, how: string[]): string {
  const path = join(folder, name);
  const picture = `color=gray:size=640x480:rate=25:duration=${HEAVY_SECONDS},format=yuv420p,noise=alls=90:allf=t`;
  const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', `anoisesrc=duration=${HEAVY_SECONDS}`];
  execFileSync(programs.ffmpeg, ['-v', 'error', '-y', ...inputs, ...how, '-c:a', 'aac', path]);
  return path;
}

/** When pictures are shown, in seconds, and how much was read for them: 0 to 1. */
async function readFor(path: string, count: number) {
  const source = await fileSource(path);
  const { facts } = await media.probe(source, never);
  const before = source.bytesRead();
  const times: number[] = [];
  for await (const { time } of media.sample(source, facts, { count, graph: '' }, never))
    times.push(Number(time.toFixed(2)));
  return { times, share: (source.bytesRead() - before) / source.size, size: source.size };
}

/** The second that the picture says it is from. */
const second = ({ bgr }: SampledFrame) => Math.round((((bgr[0] ?? 0) / 255) * 219) / 2);
const timesOf = (frames: SampledFrame[]) => frames.map(({ time }) => time);

describe('which pictures', () => {
  it('are keyframes from all of a video, each with its own time', async () => {
    const frames = await samples(counting('minute.mp4', 60, 10), 20);
    expect(frames.length).toBeGreaterThanOrEqual(19);
    expect(frames.length).toBeLessThanOrEqual(20);
    for (const frame of frames) expect(second(frame)).toBe(Math.floor(frame.time + 0.001));
    expect(frames[0]?.time).toBe(0);
    expect(frames.at(-1)?.time).toBeGreaterThan(55);
  });

  it('come from between keyframes where there are too few', async () => {
    const frames = await samples(counting('one-keyframe.mp4', 8, 1000), 7);
    expect(frames.length).toBeGreaterThanOrEqual(6);
    expect(new Set(timesOf(frames)).size).toBe(frames.length);
    expect(frames.at(-1)?.time).toBeGreaterThan(6);
    for (const frame of frames) expect(second(frame)).toBe(Math.floor(frame.time + 0.001));
  });

  it('come from after each keyframe where there are two', async () => {
    const frames = await samples(counting('two-keyframes.mp4', 16, 80), 7);
    expect(timesOf(frames).map((time) => Math.round(time * 10))).toEqual([0, 8, 18, 80, 88, 98]);
    for (const frame of frames) expect(second(frame)).toBe(Math.floor(frame.time + 0.001));
  });

  it('come by leaps from a long video, of which not everything is read', async () => {
    const path = counting('long.mkv', 64, 50, ['-vf', 'setpts=20*PTS', '-r', '0.5', '-x264-params', 'qp=1']);
    const frames = await samples(path, 5);
    expect(frames).toHaveLength(5);
    expect(frames.at(-1)?.time).toBeGreaterThan(1000);
    for (const frame of frames) expect(Math.abs(second(frame) * 20 - frame.time)).toBeLessThan(40);
  });

  it('are the keyframes of a heavy video, and little else is read of it', async () => {
    // FFmpeg gives one out when it has the next, since there are B pictures, and reads on rather than seeks, since there is sound.
    const path = heavy('heavy.mp4', ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '1', '-bf', '3', '-g', '50']);
    const { times, share, size } = await readFor(path, 4);
    expect(size / HEAVY_SECONDS).toBeGreaterThan(2_000_000);
    expect(times).toEqual([0, 2, 4]);
    expect(share).toBeLessThan(0.2);
  });

  it('are a few of a video of keyframes only, and few others are read', async () => {
    const { times, share } = await readFor(heavy('intra.avi', ['-c:v', 'mjpeg', '-q:v', '2']), 3);
    expect(times.map(Math.round)).toEqual([1, 3, 5]);
    expect(share).toBeLessThan(0.2);
  });

  it('start at 0 where the container does not', async () => {
    const frames = await samples(counting('late.ts', 4, 5, ['-output_ts_offset', '1000']), 4);
    expect(frames[0]?.time).toBe(0);
    for (const frame of frames) expect(second(frame)).toBe(Math.floor(frame.time + 0.001));
  });

  it('are one for a video of one picture, and none of what cannot be decoded', async () => {
    expect(await samples(counting('single.mp4', 0.1, 1), 4)).toHaveLength(1);
    const path = counting('broken.mp4', 4, 5);
    const bytes = await readFile(path);
    const data = bytes.indexOf('mdat') + 4;
    bytes.fill(
      0xff,
      data,
      Math.min(bytes.length, bytes.indexOf('moov') > data ? bytes.indexOf('moov') - 4 : bytes.length),
    );
    writeFileSync(path, bytes);
    expect(await samples(path, 4)).toEqual([]);
  });
});

describe('a picture', () => {
  it('stands upright', async () => {
    const frames = await samples(await makeTurnedClip(folder), 2);
    expect(frames[0]).toMatchObject({ width: 120, height: 160 });
    expect(frames[0]?.bgr.length).toBe(120 * 160 * 3);
  });

  it('may have odd sides', async () => {
    const frames = await samples(await makeClip(folder, 'odd.mp4'), 2);
    expect(frames[0]).toMatchObject({ width: 101, height: 75 });
  });
});

it('makes no more pictures than are looked at, and ends when nobody looks any more', async () => {
  const source = await fileSource(counting('left.mp4', 60, 10));
  const { facts } = await media.probe(source, never);
  for await (const frame of media.sample(source, facts, { count: 50, graph: '' }, never)) {
    expect(frame.time).toBe(0);
    break;
  }
  const stop = new AbortController();
  const frames = media.sample(source, facts, { count: 50, graph: '' }, stop.signal);
  const all = (async () => {
    for await (const _ of frames) stop.abort(new Error('enough'));
  })();
  await expect(all).rejects.toThrow('enough');
});

it('blames storage where that is what broke', async () => {
  const path = counting('unread.mp4', 4, 5);
  const source = await fileSource(path);
  const { facts } = await media.probe(source, never);
  const read = async () => {
    throw new Error('storage is away');
  };
  const frames = media.sample({ size: source.size, read }, facts, { count: 4, graph: '' }, never);
  await expect(frames[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'source_unreadable' });
});
