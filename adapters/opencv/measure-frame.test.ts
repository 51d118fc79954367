import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FrameMeasures } from '../../core/measures.ts';
import type { SampledFrame } from '../../core/ports/index.ts';
import { findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { gaussian, grey, picture } from './pictures.fixture.ts';
import { openCvVision } from './vision.ts';

// Programs and a large WASM start here, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CLIP = resolve(import.meta.dirname, '..', '..', 'examples', 'big-buck-bunny.mp4');
const vision = openCvVision();
const never = new AbortController().signal;
const measure = (frame: SampledFrame) => vision.measure(frame, never);
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'measures-'));
});
afterAll(async () => {
  await vision.close();
  rmSync(folder, { recursive: true });
});

/** A real picture through FFmpeg's filters, or through a codec first. */
function real(filters = 'null', codec: string[] = []): Promise<FrameMeasures> {
  const { ffmpeg } = findFfmpeg();
  const [width, height] = [960, 540];
  const still = join(folder, 'still.mkv');
  if (!existsSync(still)) {
    const from = ['-v', 'error', '-y', '-ss', '3', '-i', CLIP, '-frames:v', '1'];
    execFileSync(ffmpeg, [...from, '-vf', `scale=${width}:${height}:flags=area`, '-c:v', 'ffv1', still]);
  }
  const coded = join(folder, 'coded.mkv');
  if (codec.length > 0) execFileSync(ffmpeg, ['-v', 'error', '-y', '-i', still, ...codec, coded]);
  const args = ['-v', 'error', '-i', codec.length > 0 ? coded : still, '-vf', `${filters},format=bgr24`];
  const bgr = execFileSync(ffmpeg, [...args, '-f', 'rawvideo', '-'], { maxBuffer: 1e8 });
  const size = /crop=(\d+):(\d+)/.exec(filters);
  const [w, h] = size ? size.slice(1).map(Number) : [width, height];
  return measure({ time: 3, width: w ?? 0, height: h ?? 0, bgr: new Uint8Array(bgr) });
}

/** Lines of random letters, 5 by 7 dots, with the grey between dot and paper that letters have on screens. */
function lettersOn(paper: number, ink: number): (x: number, y: number) => number {
  const random = gaussian();
  const dots = Array.from({ length: 80 * 24 * 35 }, () => (random() > 0.3 ? 1 : random() > 0.8 ? 0.4 : 0));
  return (x, y) => {
    const [column, row] = [x % 8, y % 15];
    const dot = column < 5 && row < 7 ? dots[((y / 15) | 0) * 80 * 35 + ((x / 8) | 0) * 35 + row * 5 + column] : 0;
    return paper + (ink - paper) * (dot ?? 0);
  };
}

describe('noise', () => {
  it.each([1.5, 4, 8, 15])('of σ %d is found on a shaded picture', async (sigma) => {
    const random = gaussian();
    const { noise } = await measure(grey(640, 360, (x, y) => 60 + x / 8 + y / 6 + sigma * random()));
    expect(noise.fine).toBeGreaterThan(sigma * 0.93);
    expect(noise.fine).toBeLessThan(sigma * 1.07);
    // White noise has half its σ where four pixels are one.
    expect(noise.coarse / noise.fine).toBeCloseTo(0.5, 1);
    expect(noise.confidence).toBeGreaterThan(0.9);
  });

  it('is little in a clean picture with texture, and what is added in a noisy one', async () => {
    expect((await real()).noise.fine).toBeLessThan(1);
    // FFmpeg's noise is of uniform strength: σ is its strength over √3.
    const { fine } = (await real('format=gray,noise=c0s=14:c0f=t')).noise;
    expect(fine).toBeGreaterThan(6.5);
    expect(fine).toBeLessThan(10);
  });

  it('is not judged by what is black or white', async () => {
    const { noise } = await measure(grey(640, 360, () => 3));
    expect(noise.confidence).toBe(0);
  });

  it.each([
    ['a white page', 255, 0],
    ['a grey page', 236, 20],
    ['a terminal', 0, 200],
    ['a dark editor', 40, 210],
  ])('is not found in the letters of %s', async (_, paper, ink) => {
    const { noise } = await measure(grey(640, 360, lettersOn(paper, ink)));
    expect(noise.fine).toBeLessThan(1);
  });

  it('is uncertain where nothing is calm', async () => {
    const random = gaussian();
    // Each block has its own strength: texture, not noise.
    const strengths = Array.from({ length: 40 * 23 }, () => Math.exp(2 * random()));
    const at = (x: number, y: number) => 128 + random() * 4 * (strengths[(y >> 4) * 40 + (x >> 4)] ?? 0);
    expect((await measure(grey(640, 360, at))).noise.confidence).toBeLessThan(0.5);
  });
});

describe('sharpness', () => {
  it('falls with blur, whatever the contrast', async () => {
    const [sharp, soft, blurred, faint] = await Promise.all([
      real(),
      real('gblur=sigma=1'),
      real('gblur=sigma=2'),
      real('gblur=sigma=2,format=gray,lutyuv=y=64+val/2'),
    ]);
    expect(sharp.sharpness.value).toBeGreaterThan(0.69);
    expect(soft.sharpness.value).toBeLessThan(sharp.sharpness.value * 0.85);
    expect(blurred.sharpness.value).toBeLessThan(0.5);
    expect(faint.sharpness.value).toBeCloseTo(blurred.sharpness.value, 1);
    expect(blurred.sharpness.confidence).toBeGreaterThan(0.8);
  });

  it('is not taken from noise', async () => {
    const [blurred, noisy] = await Promise.all([
      real('gblur=sigma=2'),
      real('gblur=sigma=2,format=gray,noise=c0s=8:c0f=t'),
    ]);
    expect(noisy.sharpness.value).toBeLessThan(blurred.sharpness.value + 0.15);
    expect(noisy.sharpness.confidence).toBeLessThan(blurred.sharpness.confidence);
  });

  it('is unknown without edges', async () => {
    expect((await measure(grey(320, 180, (x) => x / 2))).sharpness.confidence).toBe(0);
  });
});

describe('blockiness', () => {
  const old = (quality: number) => ['-c:v', 'mpeg4', '-q:v', String(quality)];

  it('grows with what an old codec throws away', async () => {
    const values = [await real(), await real('null', old(8)), await real('null', old(31))].map(
      (m) => m.blockiness.value,
    );
    expect(values[0]).toBeLessThan(1.1);
    expect(values[1]).toBeGreaterThan(1.15);
    expect(values[2]).toBeGreaterThan(2);
  });

  it('is found where a crop has shifted the grid', async () => {
    const [whole, shifted] = [await real('null', old(31)), await real('crop=900:500:3:5', old(31))];
    expect(shifted.blockiness.value).toBeCloseTo(whole.blockiness.value, 0);
  });

  it('is not seen in noise', async () => {
    const random = gaussian();
    expect((await measure(grey(640, 360, () => 128 + 8 * random()))).blockiness.value).toBeLessThan(1.03);
  });
});

describe('levels', () => {
  it('are those of the picture', async () => {
    const { luma, clipped, saturation } = await measure(grey(256, 100, (x) => x));
    expect(luma).toMatchObject({ p01: 2, p05: 12, p50: 127, p95: 243, p99: 253 });
    expect(luma.mean).toBeCloseTo(127.5, 1);
    expect(clipped.black).toBeCloseTo(3 / 256, 3);
    expect(clipped.white).toBeCloseTo(3 / 256, 3);
    expect(saturation).toBe(0);
  });

  it('see a dark picture and a washed-out one', async () => {
    const [plain, dark, pale] = [await real(), await real('eq=gamma=0.4'), await real('eq=contrast=0.5')];
    expect(dark.luma.p50).toBeLessThan(plain.luma.p50 / 2);
    expect(pale.luma.p99 - pale.luma.p01).toBeLessThan((plain.luma.p99 - plain.luma.p01) * 0.6);
  });

  it('tell a cast by the norms of the channels, and leave out what is clipped', async () => {
    const cast = await measure(picture(300, 200, (x) => (x < 100 ? [255, 255, 255] : [x / 4, x / 2.5, x / 2])));
    expect(cast.channels.b.norm / cast.channels.g.norm).toBeCloseTo(2.5 / 4, 1);
    expect(cast.channels.r.norm / cast.channels.g.norm).toBeCloseTo(2.5 / 2, 1);
  });

  it('are full of colour or without', async () => {
    expect((await measure(picture(64, 64, () => [0, 0, 255]))).saturation).toBe(1);
    expect((await real('hue=s=0')).saturation).toBeLessThan(0.01);
  });
});

describe('even colours', () => {
  const box = (x: number, y: number) => x > 40 && x < 120 && y > 30 && y < 50;

  it('are those of what is drawn, through any codec', async () => {
    expect((await measure(grey(320, 180, () => 70))).even).toBe(1);
    expect((await measure(grey(320, 180, (x, y) => (box(x, y) ? 180 : 40)))).even).toBe(1);
    // Coding leaves a level more or less.
    expect((await measure(grey(320, 180, (x, y) => (box(x, y) ? 180 : 40 + ((x * y) % 3) - 1)))).even).toBeGreaterThan(
      0.75,
    );
  });

  it('are not of what was filmed, dark or pale as it may be', async () => {
    const clips = ['null', "curves=all='0/0 1/.35'", "curves=all='0/.3 1/.7'", 'gblur=sigma=2'].map((filters) =>
      real(filters),
    );
    for (const { even } of await Promise.all(clips)) expect(even).toBeLessThan(0.1);
  });

  it('do not count black and white', async () => {
    expect((await measure(grey(320, 180, (x, y) => (box(x, y) ? 255 : 0)))).even).toBe(0);
  });
});

describe('tints', () => {
  it('are of their own but in toned pictures', async () => {
    const sepia = 'colorchannelmixer=.393:.769:.189:0:.349:.686:.168:0:.272:.534:.131';
    const [plain, toned, bare, pale, cast] = await Promise.all(
      ['null', sepia, 'hue=s=0', 'hue=s=.3', 'hue=s=.3,colorchannelmixer=rr=.8:bb=1.1'].map((filters) => real(filters)),
    );
    expect(plain?.tints.own).toBeGreaterThan(0.5);
    expect(pale?.tints.own).toBeGreaterThan(0.5);
    expect(cast?.tints.own).toBeGreaterThan(0.2);
    expect(toned?.tints.own).toBeLessThan(0.1);
    expect(bare?.tints.own).toBe(0);
  });

  it('are told of dark and bright parts, without what is cut off', async () => {
    const { tints } = await measure(
      picture(256, 100, (x, y) => (y < 10 ? [255, 255, 255] : x < 200 ? [60, 50, 40] : [120, 150, 180])),
    );
    expect(tints.dark.r).toBeCloseTo(0.8, 1);
    expect(tints.dark.b).toBeCloseTo(1.2, 1);
    expect(tints.bright.r).toBeCloseTo(1.2, 1);
    expect(tints.bright.b).toBeCloseTo(0.8, 1);
  });
});

describe('bars', () => {
  it('are found on each side, and measured around', async () => {
    const [plain, boxed] = [
      await real(),
      await real('drawbox=t=fill:h=60,drawbox=t=fill:y=500:h=40,drawbox=t=fill:w=22'),
    ];
    expect(plain.bars).toEqual({ top: 0, bottom: 0, left: 0, right: 0 });
    expect(boxed.bars).toEqual({ top: 60, bottom: 40, left: 22, right: 0 });
    expect(boxed.luma.p01).toBeGreaterThan(0);
    expect(boxed.clipped.black).toBeLessThan(0.05);
  });

  it('are all there is of a black picture', async () => {
    expect((await measure(grey(64, 48, () => 2))).bars).toEqual({ top: 48, bottom: 48, left: 64, right: 64 });
  });

  it('are not seen in a dark picture that has something in it', async () => {
    const { bars } = await measure(grey(64, 48, (x, y) => (x > 30 && x < 40 && y > 20 && y < 30 ? 200 : 20)));
    expect(bars).toEqual({ top: 0, bottom: 0, left: 0, right: 0 });
  });
});

it('measures pictures of any size, even one pixel', async () => {
  for (const [width, height] of [
    [1, 1],
    [2, 1],
    [3, 7],
    [17, 16],
    [101, 75],
  ] as const) {
    const measures = await measure(grey(width, height, () => 100));
    expect(measures.luma.p50).toBe(100);
    expect(JSON.stringify(measures)).not.toContain('null');
  }
});

it('measures a large picture by tiles, with the same outcome', async () => {
  const random = gaussian();
  const { noise, luma } = await measure(grey(2560, 1440, (x) => 60 + x / 27 + 6 * random()));
  expect(noise.fine).toBeCloseTo(6, 0);
  expect(noise.coarse).toBeCloseTo(3, 0);
  expect(luma.p50).toBeGreaterThan(104);
  expect(luma.p50).toBeLessThan(112);
});
