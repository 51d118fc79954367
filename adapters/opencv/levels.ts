import type { ChannelMeasures, FrameMeasures, Percentiles } from '../../core/measures.ts';
import { compact, type Mat, type OpenCv, withMemory } from './opencv.ts';

/** Levels are counted on a picture of about so many pixels at most: averages of squares of the full one. */
const ENOUGH = 600_000;
/** Up to and from here a level counts as clipped: 8-bit limited range in and out of RGB loses a level or two. */
const BLACK = 2;
const WHITE = 253;
/** The norm leaves out what may have been cut off at either end. */
const DARKEST = 5;
const BRIGHTEST = 250;

/**
 * A colour is even where its level is so many times as common as those three and four levels away: coding blurs it by one
 * or two. Of what was filmed, shading, grain and focus make a slope of every peak; that is at most 0.22 of it, in clips of
 * all kinds, dark, faint or badly coded, and of slides, titles and screens 0.59 and more.
 */
const ALONE = 5;
const BESIDE = 3;

type Levels = Pick<FrameMeasures, 'luma' | 'clipped' | 'channels' | 'saturation' | 'even'>;

/**
 * Where the picture's levels lie, in light and in each colour.
 *
 * @param small the picture as `shrink` makes it
 */
export function levelsOf(cv: OpenCv, small: Mat): Levels {
  return withMemory((keep) => {
    const luma = keep(new cv.Mat());
    cv.cvtColor(small, luma, cv.COLOR_BGR2GRAY);
    const counted = count(small.data, luma.data);
    return {
      luma: { ...percentiles(counted.luma), mean: mean(counted.luma) },
      clipped: { black: share(counted.luma, 0, BLACK), white: share(counted.luma, WHITE, 255) },
      channels: {
        r: channel(counted.r, counted.unclipped.r),
        g: channel(counted.g, counted.unclipped.g),
        b: channel(counted.b, counted.unclipped.b),
      },
      even: evenShare(counted.luma),
      saturation: counted.chroma / (255 * luma.data.length),
    };
  });
}

/** By a whole factor, so that every pixel counts the same. */
export function shrink(cv: OpenCv, bgr: Mat, enough = ENOUGH, least = 1): Mat {
  const factor = Math.max(least, Math.ceil(Math.sqrt((bgr.rows * bgr.cols) / enough)));
  if (factor === 1) return compact(cv, bgr);
  const small = new cv.Mat();
  const size = new cv.Size(Math.max(1, Math.floor(bgr.cols / factor)), Math.max(1, Math.floor(bgr.rows / factor)));
  cv.resize(bgr, small, size, 0, 0, cv.INTER_AREA);
  return small;
}

function count(bgr: Uint8Array, luma: Uint8Array) {
  const bins = () => new Uint32Array(256);
  const all = { luma: bins(), r: bins(), g: bins(), b: bins(), unclipped: { r: bins(), g: bins(), b: bins() } };
  const { unclipped } = all;
  let chroma = 0;
  for (let pixel = 0, at = 0; pixel < luma.length; pixel++, at += 3) {
    const b = bgr[at] ?? 0;
    const g = bgr[at + 1] ?? 0;
    const r = bgr[at + 2] ?? 0;
    const most = b > g ? (b > r ? b : r) : g > r ? g : r;
    const least = b < g ? (b < r ? b : r) : g < r ? g : r;
    add(all.luma, luma[pixel] ?? 0);
    add(all.b, b);
    add(all.g, g);
    add(all.r, r);
    chroma += most - least;
    if (most > BRIGHTEST || most < DARKEST) continue;
    add(unclipped.b, b);
    add(unclipped.g, g);
    add(unclipped.r, r);
  }
  return { ...all, chroma };
}

function add(bins: Uint32Array, level: number): void {
  bins[level] = (bins[level] ?? 0) + 1;
}

function channel(bins: Uint32Array, unclipped: Uint32Array): ChannelMeasures {
  return { ...percentiles(bins), mean: mean(bins), norm: power(unclipped, 6) };
}

function percentiles(bins: Uint32Array): Percentiles {
  const total = sum(bins);
  const at = (part: number) => {
    let below = 0;
    return bins.findIndex((number) => {
      below += number;
      return below >= part * total;
    });
  };
  return { p01: at(0.01), p05: at(0.05), p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Of levels that stand alone, with their neighbours. */
function evenShare(bins: Uint32Array): number {
  const around = (level: number) => (bins[level - 1] ?? 0) + (bins[level] ?? 0) + (bins[level + 1] ?? 0);
  let even = 0;
  for (let level = BLACK + 1; level < WHITE; level++) {
    const here = bins[level] ?? 0;
    if (here <= (bins[level - 1] ?? 0) || here < (bins[level + 1] ?? 0)) continue;
    const beside = [-1, 1].map((side) => (bins[level + side * BESIDE] ?? 0) + (bins[level + side * (BESIDE + 1)] ?? 0));
    if (Math.max(...beside) / 2 < around(level) / 3 / ALONE) even += around(level);
  }
  return even / sum(bins);
}

function mean(bins: Uint32Array): number {
  return power(bins, 1);
}

/** The mean of the levels' powers, and its root. */
function power(bins: Uint32Array, exponent: number): number {
  const total = sum(bins);
  if (total === 0) return 0;
  return (bins.reduce((all, number, level) => all + number * level ** exponent, 0) / total) ** (1 / exponent);
}

function share(bins: Uint32Array, from: number, to: number): number {
  return sum(bins.subarray(from, to + 1)) / sum(bins);
}

function sum(bins: Uint32Array): number {
  return bins.reduce((all, number) => all + number, 0);
}
