import type { Frame } from '../../core/media.ts';

/** Luma means between these are neither dark nor bright: beyond them a picture shows less and less. */
const DARK = 48;
const BRIGHT = 208;
/** Spread of luma from which on a picture is not flat; below, fog, fades and walls. */
const LIVELY = 40;
/** How much it weighs that a picture looks like its peers. */
const TYPICAL = 0.3;

interface Look {
  mean: number;
  deviation: number;
  /** Bits: how many levels there are to see. */
  entropy: number;
  /** Mean step between neighbours: low where a picture is blurred, by motion or by a cross-fade. */
  steps: number;
  /** 64 bins of luma, adding up to 1. */
  bins: Float64Array;
}

/**
 * The picture that stands for the others best: well lit, rich and sharp, and not the odd one out. The first of equals;
 * undefined where there is none.
 */
export function mostTelling<F extends Frame>(frames: readonly F[]): F | undefined {
  const looks = frames.map(lookOf);
  const crisp = upperQuartile(looks.map(({ steps }) => steps));
  const common = meanOf(looks.map(({ bins }) => bins));
  const scores = looks.map((look) => scoreOf(look, crisp, common));
  return frames[scores.indexOf(Math.max(...scores))];
}

function scoreOf({ mean, deviation, entropy, steps, bins }: Look, crisp: number, common: Float64Array): number {
  const lit = Math.max(0, Math.min(1, mean / DARK, (255 - mean) / (255 - BRIGHT)));
  const lively = Math.min(1, deviation / LIVELY);
  // By its root: some good pictures have a calm background.
  const sharp = crisp === 0 ? 1 : Math.sqrt(Math.min(1, steps / crisp));
  const typical = 1 - TYPICAL * distance(bins, common);
  return lit * lively * sharp * typical * (entropy / 8);
}

function lookOf({ width, height, bgr }: Frame): Look {
  const luma = new Uint8Array(width * height);
  const counts = new Float64Array(256);
  for (let pixel = 0, at = 0; pixel < luma.length; pixel++, at += 3) {
    const [b = 0, g = 0, r = 0] = [bgr[at], bgr[at + 1], bgr[at + 2]];
    const level = (b * 29 + g * 150 + r * 77) >> 8;
    luma[pixel] = level;
    counts[level] = (counts[level] ?? 0) + 1;
  }
  let steps = 0;
  for (let pixel = width + 1; pixel < luma.length; pixel++) {
    const level = luma[pixel] ?? 0;
    steps += Math.abs(level - (luma[pixel - 1] ?? 0)) + Math.abs(level - (luma[pixel - width] ?? 0));
  }
  const shares = counts.map((count) => count / luma.length);
  const mean = shares.reduce((sum, share, level) => sum + share * level, 0);
  const variance = shares.reduce((sum, share, level) => sum + share * (level - mean) ** 2, 0);
  const entropy = shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);
  const bins = new Float64Array(64);
  for (const [level, share] of shares.entries()) bins[level >> 2] = (bins[level >> 2] ?? 0) + share;
  return { mean, deviation: Math.sqrt(variance), entropy, steps: steps / luma.length, bins };
}

function upperQuartile(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.75)] ?? 0;
}

function meanOf(all: Float64Array[]): Float64Array {
  return new Float64Array(64).map((_, bin) => all.reduce((sum, bins) => sum + (bins[bin] ?? 0), 0) / all.length);
}

/** 0 for the same, 1 for nothing in common. */
function distance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, bin) => sum + Math.abs(value - (b[bin] ?? 0)), 0) / 2;
}
