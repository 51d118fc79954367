import type { Tint, Tints } from '../../core/measures.ts';
import { shrink } from './levels.ts';
import { type Mat, type OpenCv, withMemory } from './opencv.ts';

/** Judged on averages of squares: chroma is coded at half the size and runs over edges, which are no colours of their own. */
const ENOUGH = 20_000;
const LEAST_SHRINK = 2;
/** Levels that count as equally bright. */
const STEP = 4;
/** Less chroma than this, in levels, is what coding leaves of grey. */
const GREY = 0.5;
/** What may have been cut off at either end says nothing of a tint. */
const DARKEST = 5;
const BRIGHTEST = 250;

/**
 * Whether the picture has colours of its own, and how its dark and its bright parts are tinted.
 *
 * @param bgr the picture, or averages of it
 */
export function tintsOf(cv: OpenCv, bgr: Mat): Tints {
  return withMemory((keep) => {
    const small = keep(shrink(cv, bgr, ENOUGH, LEAST_SHRINK));
    const luma = keep(new cv.Mat());
    cv.cvtColor(small, luma, cv.COLOR_BGR2GRAY);
    const sorted = luma.data.slice().sort();
    const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
    const [middle, high] = [at(0.5), at(0.75)];
    return {
      own: ownColours(small.data, luma.data),
      dark: tintOf(small.data, (pixel) => (luma.data[pixel] ?? 0) <= middle),
      bright: tintOf(small.data, (pixel) => (luma.data[pixel] ?? 0) >= high),
    };
  });
}

/** The part of the chroma's variation that is left around the mean colour of each brightness. */
function ownColours(bgr: Uint8Array, luma: Uint8Array): number {
  const bins = Array.from({ length: 256 / STEP }, () => ({ pixels: 0, red: 0, blue: 0 }));
  let all = 0;
  for (const [pixel, level] of luma.entries()) {
    const red = (bgr[3 * pixel + 2] ?? 0) - level;
    const blue = (bgr[3 * pixel] ?? 0) - level;
    all += red ** 2 + blue ** 2;
    const bin = bins[Math.floor(level / STEP)];
    if (!bin) continue;
    bin.pixels++;
    bin.red += red;
    bin.blue += blue;
  }
  if (all < luma.length * GREY ** 2) return 0;
  const foretold = bins.reduce((sum, { pixels, red, blue }) => sum + (red ** 2 + blue ** 2) / Math.max(pixels, 1), 0);
  return Math.sqrt(Math.max(0, all - foretold) / all);
}

function tintOf(bgr: Uint8Array, belongs: (pixel: number) => boolean): Tint {
  let [red, green, blue] = [0, 0, 0];
  for (let pixel = 0, at = 0; at < bgr.length; pixel++, at += 3) {
    const b = bgr[at] ?? 0;
    const g = bgr[at + 1] ?? 0;
    const r = bgr[at + 2] ?? 0;
    const most = Math.max(r, g, b);
    if (most < DARKEST || most > BRIGHTEST || !belongs(pixel)) continue;
    red += r;
    green += g;
    blue += b;
  }
  const against = (sum: number) => (green > 0 ? sum / green : 1);
  return { r: against(red), b: against(blue) };
}
