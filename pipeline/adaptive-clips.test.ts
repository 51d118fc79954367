import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findFfmpeg } from '../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../adapters/ffmpeg/tools.ts';
import { openCvVision } from '../adapters/opencv/vision.ts';
import { planFor } from '../core/conform.ts';
import { silentLog } from '../core/log.ts';
import { adaptive } from '../core/profiles/adaptive.ts';
import { fileSource } from '../test/file-source.ts';
import { analyse } from './analyse.ts';

/*
 * What `adaptive` makes of whole clips, by FFmpeg and OpenCV as they are: that it leaves alone what somebody meant so, and
 * still mends what looks much like it.
 */

// Programs and a large WASM start here, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const FILMED = resolve(import.meta.dirname, '..', 'examples', 'big-buck-bunny.mp4');
const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '14', '-pix_fmt', 'yuv420p', '-an'];
const signal = new AbortController().signal;
const media = ffmpegTools({ ...findFfmpeg(), log: silentLog });
const vision = openCvVision();
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clips-'));
});
afterAll(async () => {
  await vision.close();
  rmSync(folder, { recursive: true });
});

/** The graph for a clip that FFmpeg makes by these arguments. */
async function graphFor(made: string[]): Promise<string> {
  const path = join(folder, 'clip.mp4');
  execFileSync(findFfmpeg().ffmpeg, ['-nostdin', '-v', 'error', '-y', ...made, '-t', '3', ...X264, path]);
  const source = await fileSource(path);
  const { facts } = await media.probe(source, signal);
  const seen = await analyse({ media, vision, log: silentLog }, source, facts, adaptive, signal);
  return planFor(adaptive, facts, seen).graph;
}

const filmed = (filters: string) => ['-i', FILMED, '-vf', `scale=480:-2:flags=area,${filters}`];
const drawn = (ground: string, ...boxes: [x: number, y: number, width: number, height: number, color: string][]) => [
  ...['-f', 'lavfi', '-i', `color=${ground}:s=640x360`],
  ...['-vf', ['null', ...boxes.map(([x, y, w, h, c]) => `drawbox=${x}:${y}:${w}:${h}:${c}:fill`)].join(',')],
];
/** Bars where words would be: fonts are not everywhere. */
const words = (color: string, lines: number) =>
  Array.from({ length: lines * 4 }, (_, i): [number, number, number, number, string] => {
    const [line, word] = [Math.floor(i / 4), i % 4];
    return [30 + word * 90 + ((line * 37) % 50), 20 + line * 24, 20 + ((i * 29) % 50), 3, color];
  });

const GREY_TINT = 'colorchannelmixer=rr=.9:gg=.79:bb=.62';
/** Shadows towards blue, lights towards orange, of a picture with little colour. */
const GRADE = `hue=s=.3,curves=r='0/0 .3/.18 .7/.8 1/.95':b='0/.1 .3/.38 .7/.55 1/.75'`;
/** The second of two shots fades to black, and has begun to when it comes. */
const FADE = [
  ...['-t', '1.1', '-i', FILMED, '-ss', '3', '-i', FILMED, '-filter_complex'],
  '[0]scale=480:-2[a];[1]scale=480:-2,hflip,eq=contrast=.8[b];[a][b]concat,fade=out:12:45',
];

describe('is left alone:', () => {
  it.each<[string, string[]]>([
    ['a plain colour', drawn('0x604020')],
    ['a plain dark grey', drawn('0x202020')],
    ['shading without an edge', ['-f', 'lavfi', '-i', 'gradients=s=640x360:c0=0x402000:c1=0xa06030:speed=0.001']],
    ['a title on dark blue', drawn('0x203050', ...words('0x8090b0', 2))],
    ['a slide on grey', drawn('0x505050', [30, 60, 300, 60, '0xb0b0b0'], ...words('0xa0a0a0', 8))],
    ['a slide on cream', drawn('0xe8d8b0', [30, 60, 300, 60, '0x604828'], ...words('0x705838', 8))],
    ['a dark screen', drawn('0x282c34', [0, 0, 24, 360, '0x21252b'], ...words('0x8b929f', 14))],
    ['pixel art', filmed('scale=80:-2:flags=area,scale=640:-2:flags=neighbor')],
    ['a sepia picture', filmed(`hue=s=0,${GREY_TINT}`)],
    ['a grade of teal and orange', filmed(GRADE)],
    ['a shot that comes fading', FADE],
  ])('%s', async (_, made) => {
    expect(await graphFor(made)).toBe('');
  });
});

describe('is mended still:', () => {
  it.each<[string, string[], string]>([
    ['a pale picture with the tint of sepia', filmed(`hue=s=.4,${GREY_TINT}`), 'lutrgb'],
    ['a dark one', filmed(`curves=all='0/0 1/.4'`), 'lutyuv'],
    ['a washed-out one', filmed(`curves=all='0/.3 1/.75'`), 'lutyuv'],
    ['a dark one that fades out', filmed(`curves=all='0/0 1/.4',fade=out:60:15`), 'lutyuv'],
  ])('%s', async (_, made, filter) => {
    expect(await graphFor(made)).toContain(filter);
  });
});
