import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { silentLog } from '../../core/log.ts';
import { fileSource } from '../../test/file-source.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { verdict, withCombs } from './interlacing.ts';
import { ffmpegTools } from './tools.ts';

// Programs and a large WASM start here, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CLIP = resolve(import.meta.dirname, '..', '..', 'examples', 'big-buck-bunny.mp4');
const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const never = new AbortController().signal;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fields-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function interlacingOf(name: string, filter: string, encode: string[]) {
  const moving = `scale=720:-2,crop=640:400:'40+30*sin(n)':0,scale=720:480`;
  return seenIn(name, ['-i', CLIP, '-an', '-vf', `${moving}${filter}`, ...encode]);
}

async function seenIn(name: string, make: string[]) {
  const path = join(folder, name);
  execFileSync(programs.ffmpeg, ['-v', 'error', '-y', ...make, path]);
  const source = await fileSource(path);
  const { facts } = await media.probe(source, never);
  return media.interlacing(source, facts, never);
}

const MPEG2 = ['-c:v', 'mpeg2video', '-q:v', '4'];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const FIELDS = [...MPEG2, '-flags', '+ildct+ilme'];

it.each([
  ['tff', 'interleave_top'],
  ['bff', 'interleave_bottom'],
] as const)('sees fields, in the order %s', async (order, mode) => {
  const found = await interlacingOf(`${order}.mpg`, `,tinterlace=${mode}`, [
    ...FIELDS,
    '-top',
    order === 'tff' ? '1' : '0',
  ]);
  expect(found.order).toBe(order);
  expect(found.confidence).toBeGreaterThan(0.7);
});

it('sees whole pictures, and believes its eyes where the header claims otherwise', async () => {
  expect(await interlacingOf('whole.mpg', '', MPEG2)).toMatchObject({ order: 'progressive' });
  const claimed = await interlacingOf('claimed.mpg', ',setfield=tff', FIELDS);
  expect(claimed.order).toBe('progressive');
  expect(claimed.confidence).toBeGreaterThan(0.7);
});

it('asks for combs where the header says that pictures are whole', async () => {
  const hidden = await interlacingOf('hidden.mp4', ',tinterlace=interleave_bottom,setfield=prog', ['-t', '2', ...H264]);
  expect(hidden).toMatchObject({ order: 'bff', confidence: expect.closeTo(1, 1) });
  // Whoever compares lines alone sees fields here, as in letters that scroll.
  const drawn = await seenIn('drawn.mp4', ['-f', 'lavfi', '-i', 'testsrc2=size=720x576:duration=2', ...H264]);
  expect(drawn.order).toBe('progressive');
});

it('does not look where there can be no fields', async () => {
  const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-t', '1'];
  expect(await interlacingOf('web.webm', '', vp8)).toEqual({ order: 'progressive', confidence: 1 });
  const fields = [...MPEG2, '-t', '1'];
  const large = await interlacingOf('large.mpg', ',tinterlace=interleave_top,scale=1280:720,setfield=prog', fields);
  expect(large).toEqual({ order: 'progressive', confidence: 1 });
});

it('is the less sure the fewer pictures show anything, and the more they disagree', () => {
  expect(verdict({ tff: 0, bff: 0, progressive: 0 })).toEqual({ order: 'progressive', confidence: 0 });
  expect(verdict({ tff: 100, bff: 0, progressive: 0 })).toEqual({ order: 'tff', confidence: 1 });
  expect(verdict({ tff: 4, bff: 0, progressive: 0 }).confidence).toBeLessThan(0.3);
  expect(verdict({ tff: 55, bff: 45, progressive: 0 }).confidence).toBeLessThan(0.2);
  expect(verdict({ tff: 32, bff: 0, progressive: 68 }).confidence).toBeLessThan(0.7);
  expect(verdict({ tff: 1, bff: 0, progressive: 99 })).toMatchObject({ order: 'progressive' });
});

it('believes in fields by the share of combs, and in none where nothing moves', () => {
  const seen = { order: 'tff', confidence: 0.9 } as const;
  expect(withCombs(seen, { moving: 1000, combed: 60 })).toEqual(seen);
  expect(withCombs(seen, { moving: 1000, combed: 5 })).toEqual({ order: 'progressive', confidence: 0.8 });
  expect(withCombs(seen, { moving: 0, combed: 0 })).toEqual({ order: 'progressive', confidence: 0 });
});
