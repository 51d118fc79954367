import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { silentLog } from '../../core/log.ts';
import { inspect } from '../../test/clips.ts';
import { fileSource } from '../../test/file-source.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { makePoster } from './poster.ts';
import { mostTelling } from './poster-score.ts';
import { ffmpegTools } from './tools.ts';

const exec = promisify(execFile);
const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const { signal } = new AbortController();
let folder = '';
let scratch = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poster-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  scratch = join(folder, 'scratch');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch);
});

async function video(name: string, source: string, filter: string): Promise<string> {
  const path = join(folder, name);
  const encoding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-pix_fmt', 'yuv420p', '-g', '250'];
  await exec(programs.ffmpeg, ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, '-vf', filter, ...encoding, path]);
  return path;
}

const posterOf = async (path: string) => {
  const durationSeconds = Number((await inspect(path)).format.duration);
  return media.makePoster({ path, durationSeconds, scratch, signal });
};

/** Mean level of what a file shows first. */
async function brightness(path: string): Promise<number> {
  const args = ['-v', 'error', '-i', path, '-frames:v', '1', '-vf', 'format=gray', '-f', 'rawvideo', '-'];
  const { stdout } = await exec(programs.ffmpeg, args, { encoding: 'buffer' });
  return stdout.reduce((sum, level) => sum + level, 0) / stdout.length;
}

it('shows neither the black at the start nor the fade at the end', async () => {
  const fade = 'fade=in:0:60,fade=out:90:60';
  const path = await video('faded.mp4', 'testsrc2=size=320x180:rate=25:duration=6', fade);
  const { jpeg, webp, width, height, cpuSeconds } = await posterOf(path);
  expect(await brightness(jpeg.path)).toBeGreaterThan(90);
  expect(await brightness(webp?.path ?? '')).toBeGreaterThan(90);
  expect([width, height]).toEqual([320, 180]);
  expect(cpuSeconds).toBeGreaterThan(0);
});

it('looks behind the keyframes of a long video, which may all be black', async () => {
  const dark = "drawbox=t=fill:c=black:enable='lt(mod(t,10),0.4)'";
  const path = await video('long.mp4', 'testsrc2=size=320x180:rate=25:duration=41', dark);
  const { jpeg } = await posterOf(path);
  expect(await brightness(jpeg.path)).toBeGreaterThan(90);
});

it('is as the video is displayed, and no wider than 640', async () => {
  const path = await video('wide.mp4', 'testsrc2=size=720x576:rate=25:duration=0.2', 'setsar=64/45');
  const { jpeg, width, height } = await posterOf(path);
  expect([width, height]).toEqual([640, 360]);
  const [stream] = (await inspect(jpeg.path)).streams;
  expect(stream).toMatchObject({ codec_name: 'mjpeg', width: 640, height: 360, pix_fmt: 'yuvj420p' });
  expect((await readFile(jpeg.path)).subarray(0, 3)).toEqual(Buffer.from('ffd8ff', 'hex'));
});

it('is had of a single picture, and leaves nothing else behind', async () => {
  const path = await video('one.mp4', 'testsrc2=size=64x48:rate=25:duration=0.04', 'null');
  const { jpeg, webp } = await posterOf(path);
  expect([jpeg.size > 0, (webp?.size ?? 0) > 0]).toEqual([true, true]);
  expect((await readdir(scratch)).sort()).toEqual(['poster.jpg', 'poster.webp']);
});

it('does without WebP where FFmpeg has none', async () => {
  const path = await video('one.mp4', 'testsrc2=size=64x48:rate=25:duration=0.04', 'null');
  const workshop = { ffmpeg: programs.ffmpeg, log: silentLog, available: new Set(['mjpeg']) };
  const made = await makePoster(workshop, { path, durationSeconds: 0.04, scratch, signal });
  expect(made.webp).toBeUndefined();
  expect(made.jpeg.size).toBeGreaterThan(0);
});

it('says so when there is no picture', async () => {
  const path = join(folder, 'nothing.mp4');
  await writeFile(path, 'nothing');
  const making = media.makePoster({ path, durationSeconds: 1, scratch, signal });
  await expect(making).rejects.toMatchObject({ code: 'poster_failed', retryable: true });
});

it('chooses the sharp picture over the blurred, and the rich over the flat', async () => {
  const filters = ['gblur=sigma=6', 'null', 'lutyuv=y=val/8+100', 'lutyuv=y=235'];
  const looks = await Promise.all(
    filters.map(async (filter, index) => {
      const path = await video(`look-${index}.mp4`, 'testsrc2=size=160x120:rate=25:duration=0.04', filter);
      return { filter, ...(await media.firstFrame(await fileSource(path), signal)) };
    }),
  );
  expect(mostTelling(looks)?.filter).toBe('null');
  expect(mostTelling([])).toBeUndefined();
});
