import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AudioFacts } from '../../core/media.ts';
import { plainFacts } from '../../test/plain-facts.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { holdLast } from './last-picture.ts';
import { type Promised, verify } from './verify.ts';

const exec = promisify(execFile);
const programs = findFfmpeg();
const never = new AbortController().signal;
const BT709 = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', range: 'tv' } as const;
const SOUND: AudioFacts = {
  ...{ index: 1, codec: 'aac', channels: 1, language: null, title: null, default: true },
  ...{ start: 0, duration: 2 },
};
const PROMISED: Promised = {
  ...{ container: 'mp4', frames: 50, seconds: 2, sourceSeconds: 2, color: BT709, sounds: [SOUND], subtitles: 0 },
  inStepWith: plainFacts({ frames: 50 }),
};
/** Bytes without a pattern, as they are where a disk is broken. */
const NOISE = Buffer.from(Array.from({ length: 400 }, (_, i) => (i * i * 37 + i * 11 + 13) & 0xff));
let folder = '';
let path = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
  await make('good.mp4');
});
beforeEach(async () => {
  path = join(folder, 'output.mp4');
  await copyFile(join(folder, 'good.mp4'), path);
});
afterAll(() => rm(folder, { recursive: true }));

/** What the engine writes, but for these options; `input` before the sound. */
async function make(name: string, options: string[] = [], input: string[] = []): Promise<string> {
  const inputs = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=320x180:duration=2',
    ...input,
    '-f',
    'lavfi',
    '-i',
    'sine=duration=2',
  ];
  const tags = 'setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv';
  const encoder = ['-vf', tags, '-c:v', 'libx264', '-preset', 'medium', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  const output = join(folder, name);
  await exec(programs.ffmpeg, [
    '-v',
    'error',
    '-y',
    ...inputs,
    ...encoder,
    '-movflags',
    '+faststart',
    ...options,
    output,
  ]);
  return output;
}

const faultOf = async (file = path, changes: Partial<Promised> = {}) =>
  (await verify(programs, file, { ...PROMISED, ...changes }, never)).fault;

it('passes what is as it was promised, and says what that took', async () => {
  const { durationSeconds, cpuSeconds, fault } = await verify(programs, path, PROMISED, never);
  expect(fault).toBeUndefined();
  expect(durationSeconds).toBeCloseTo(2, 1);
  expect(cpuSeconds).toBeGreaterThan(0);
});

it('says when it ends, whichever of its tracks begins late', async () => {
  const late = await make('begins-late.mp4', [], ['-itsoffset', '1.5']);
  const promised = { ...PROMISED, inStepWith: null };
  const { durationSeconds, pictureSeconds, fault } = await verify(programs, late, promised, never);
  expect(fault).toBeUndefined();
  expect(durationSeconds).toBeCloseTo(3.5, 1);
  expect(pictureSeconds).toBe(2);
});

describe('damage', () => {
  it('is found wherever it is in the pictures', async () => {
    const bytes = await readFile(path);
    const data = bytes.indexOf('mdat') + 100;
    for (const share of [0.1, 0.5, 0.9]) {
      const at = data + Math.round((bytes.length - data) * share);
      await writeFile(path, Buffer.concat([bytes.subarray(0, at), NOISE, bytes.subarray(at + NOISE.length)]));
      expect(await faultOf(), `at ${share}`).toMatch(/decoded/);
    }
  });

  it('is found where the end is missing', async () => {
    await truncate(path, (await stat(path)).size - 5000);
    expect(await faultOf()).toBeDefined();
  });

  it('is found in the header', async () => {
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0, bytes.indexOf('stbl') + 4, bytes.indexOf('stbl') + 400));
    expect(await faultOf()).toBeDefined();
    await writeFile(path, 'nothing of the kind');
    expect(await faultOf()).toBeDefined();
  });
});

describe('a file that is whole, but not what was promised', () => {
  it('has other colours', async () => {
    const color = { ...BT709, matrix: 'smpte170m' };
    expect(await faultOf(path, { color })).toBe('colours tagged bt709, smpte170m promised');
    const vf = 'scale=out_range=pc,format=yuvj420p,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709';
    expect(await faultOf(await make('full.mp4', ['-vf', vf, '-pix_fmt', 'yuvj420p']))).toContain('yuvj420p');
  });

  it('has 10 bits, or 4:4:4', async () => {
    expect(await faultOf(await make('ten.mp4', ['-pix_fmt', 'yuv420p10le']))).toBe('h264 in yuv420p10le');
    expect(await faultOf(await make('full-chroma.mp4', ['-pix_fmt', 'yuv444p']))).toBe('h264 in yuv444p');
  });

  it('has a picture too few or too many', async () => {
    expect(await faultOf(path, { frames: 49 })).toBe('50 frames in the output, 49 encoded');
    expect(await faultOf(path, { frames: 51 })).toBe('50 frames in the output, 51 encoded');
  });

  it('is shorter than what was written', async () => {
    expect(await faultOf(path, { seconds: 3 })).toMatch(/s in the output, 3 written/);
  });

  it('says that it is longer than what comes out of it, and longer than its source', async () => {
    const held = await make('held.mp4', ['-fps_mode', 'vfr', '-enc_time_base:v', '1/120000']);
    await holdLast(programs.ffmpeg, held, { end: 5, pictures: 50 }, never);
    expect(await faultOf(held)).toMatch(/^5 s in the output, which ends after 2/);
    expect(await faultOf(held, { sourceSeconds: 5 })).toBeUndefined();
  });

  it('lacks sound or subtitles, or has some that nobody promised', async () => {
    expect(await faultOf(path, { sounds: [] })).toBe('streams video audio in the output, video promised');
    expect(await faultOf(path, { subtitles: 1 })).toContain('video audio subtitle promised');
  });

  it('cannot be played before it is there as a whole', async () => {
    expect(await faultOf(await make('header-last.mp4', ['-movflags', '-faststart']))).toMatch(/^boxes in the order/);
  });

  it('has its sound out of step, by more than a picture', async () => {
    expect(await faultOf(await make('late.mp4', [], ['-itsoffset', '0.2']))).toMatch(
      /^sound 0 is 0\.\d+ s out of step/,
    );
    expect(await faultOf(await make('late-enough.mp4', [], ['-itsoffset', '0.03']))).toBeUndefined();
    const late = { ...SOUND, start: 0.2 };
    expect(await faultOf(join(folder, 'late.mp4'), { sounds: [late] })).toBeUndefined();
  });

  it('has sound that breaks off', async () => {
    expect(await faultOf(path, { sounds: [{ ...SOUND, duration: 3 }] })).toMatch(/^sound 0 lasts 2(\.\d+)? s, 3 in/);
    expect(await faultOf(path, { sounds: [{ ...SOUND, duration: 3 }], inStepWith: null })).toBeUndefined();
  });
});

describe('an AVI', () => {
  const promised = { ...PROMISED, container: 'avi' } as const;
  const XVID = ['-c:v', 'mpeg4', '-vtag', 'XVID', '-c:a', 'ac3', '-ar', '48000', '-f', 'avi'];
  let avi = '';
  beforeAll(async () => {
    avi = await make('good.avi', XVID);
  });

  it('passes as it was promised, and has its pictures counted', async () => {
    expect(await faultOf(avi, promised)).toBeUndefined();
    expect(await faultOf(avi, { ...promised, frames: 49, inStepWith: null })).toBe(
      '50 frames can be decoded, 49 encoded',
    );
  });

  it.each([
    ['sound that began later, and has no silence before it', { start: 0.5 }],
    ['sound that is shorter than its source', { duration: 3 }],
    ['sound that is longer than its source', { duration: 1 }],
  ])('has %s', async (_, changes) => {
    const sounds = [{ ...SOUND, ...changes }];
    expect(await faultOf(avi, { ...promised, sounds })).toMatch(/^sound 0 lasts 2\.\d+ s/);
    expect(await faultOf(avi, { ...promised, sounds, inStepWith: null })).toBeUndefined();
  });
});
