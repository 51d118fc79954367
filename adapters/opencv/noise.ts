import type { FrameMeasures } from '../../core/measures.ts';
import { type Mat, type OpenCv, withMemory } from './opencv.ts';

const BLOCK = 16;
/** Blocks that are darker or brighter on average may be clipped, which hides noise. */
const DARKEST = 24;
const BRIGHTEST = 230;
/** The calm blocks: those below this part of all. */
const CALM = 0.2;
/** Of the mean of what the operator gives to σ. */
const TO_SIGMA = Math.sqrt(Math.PI / 2) / 6;
/** So many blocks are enough to be sure by, and fewer less. */
const ENOUGH = 100;
/**
 * Noise is in every pixel, and letters leave ground between them. The weakest fifth of a block's answers tells which it is:
 * of a normal distribution, their mean is an eighth of σ. Where that makes less than a quarter of the block's σ, there
 * are letters, and the ground's σ counts. Blocks of real clips with noise added stay above a half of it, those of pages
 * below a fifth. Under three levels, where compressed noise has come to lie in spots, all stay as they are.
 */
const WEAKEST = { share: 0.2, toSigma: 1 / 0.126 / 6 };
const LETTERS = { share: 1 / 4, from: 3 };

/**
 * Noise where the picture is calm: the 20th percentile of blocks' σ by Immerkær's operator, which sees neither slopes
 * nor straight edges. Once at full size, once at half size by area, where white noise has half its σ and noise that was
 * compressed has more.
 * J. Immerkær, "Fast Noise Variance Estimation", CVIU 64 (1996)
 */
export function noiseOf(cv: OpenCv, tiles: Mat[]): FrameMeasures['noise'] {
  const fine = tiles.flatMap((tile) => blocks(cv, tile, betweenLetters)).sort((a, b) => a - b);
  const coarse = tiles.flatMap((tile) => halved(cv, tile, (half) => blocks(cv, half))).sort((a, b) => a - b);
  const calm = percentile(fine, CALM);
  return { fine: calm, coarse: percentile(coarse, CALM), confidence: confidence(fine, calm) };
}

/**
 * Texture is noise to the operator, so what it finds is the most there can be. That there is little is sure; that there
 * is much, as far as calm blocks agree: noise is the same everywhere, texture is not.
 */
function confidence(fine: number[], calm: number): number {
  const enough = Math.min(1, fine.length / ENOUGH);
  if (calm < 1) return enough;
  const agreement = percentile(fine, CALM / 2) / percentile(fine, CALM * 1.5);
  return enough * Math.min(1, Math.max(0, (agreement - 0.3) / 0.4));
}

/** The operator's answers, and how many blocks a row has. */
interface Answers {
  values: Int16Array;
  columns: number;
}

/** σ of each block that is neither dark nor bright, corrected by `correct`. */
function blocks(cv: OpenCv, luma: Mat, correct = (sigma: number, _in: Answers, _block: number) => sigma): number[] {
  const columns = Math.floor(luma.cols / BLOCK);
  const rows = Math.floor(luma.rows / BLOCK);
  if (columns === 0 || rows === 0) return [];
  return withMemory((keep) => {
    const whole = keep(luma.roi(new cv.Rect(0, 0, columns * BLOCK, rows * BLOCK)));
    const kernel = keep(cv.matFromArray(1, 3, cv.CV_32F, [1, -2, 1]));
    const answer = keep(new cv.Mat());
    cv.sepFilter2D(whole, answer, cv.CV_16S, kernel, kernel);
    const answers = { values: answer.data16S, columns };
    const sums = sumsOf(answers, rows);
    const means = keep(new cv.Mat());
    cv.resize(whole, means, new cv.Size(columns, rows), 0, 0, cv.INTER_AREA);
    const levels = means.data;
    const sigmas = Array.from(sums, (sum, block) => correct((sum / BLOCK ** 2) * TO_SIGMA, answers, block));
    return sigmas.filter((_, block) => {
      const level = levels[block] ?? 0;
      return level >= DARKEST && level <= BRIGHTEST;
    });
  });
}

/** σ of what lies between letters, where there are some. */
function betweenLetters(sigma: number, answers: Answers, block: number): number {
  if (sigma < LETTERS.from) return sigma;
  const limit = LETTERS.share * sigma;
  const strengths = strengthsIn(answers, block);
  const weakest = Math.ceil(strengths.length * WEAKEST.share);
  // A mean below the limit takes a half below twice that. Sorting costs more than all else, and most blocks have none.
  const twice = (2 * limit) / WEAKEST.toSigma;
  let low = 0;
  for (const strength of strengths) if (strength < twice) low++;
  if (low < weakest / 2) return sigma;
  const sum = strengths
    .sort()
    .subarray(0, weakest)
    .reduce((sum, strength) => sum + strength, 0);
  const ground = (sum / weakest) * WEAKEST.toSigma;
  return ground < limit ? ground : sigma;
}

/** The absolute answers in a block. */
function strengthsIn({ values, columns }: Answers, block: number): Int16Array {
  const stride = columns * BLOCK;
  const first = Math.floor(block / columns) * BLOCK * stride + (block % columns) * BLOCK;
  const strengths = new Int16Array(BLOCK ** 2);
  for (let line = 0, to = 0; line < BLOCK; line++) {
    const from = first + line * stride;
    for (let at = from; at < from + BLOCK; at++) strengths[to++] = Math.abs(values[at] ?? 0);
  }
  return strengths;
}

/** Of the absolute values, by block. */
function sumsOf({ values, columns }: Answers, rows: number): Uint32Array {
  const sums = new Uint32Array(columns * rows);
  for (let line = 0, at = 0; line < rows * BLOCK; line++) {
    const row = Math.floor(line / BLOCK) * columns;
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (const end = at + BLOCK; at < end; at++) sum += Math.abs(values[at] ?? 0);
      sums[row + column] = (sums[row + column] ?? 0) + sum;
    }
  }
  return sums;
}

function halved<T>(cv: OpenCv, luma: Mat, use: (half: Mat) => T): T {
  return withMemory((keep) => {
    const [width, height] = [Math.floor(luma.cols / 2), Math.floor(luma.rows / 2)];
    const half = keep(new cv.Mat());
    if (width === 0 || height === 0) return use(half);
    const even = keep(luma.roi(new cv.Rect(0, 0, width * 2, height * 2)));
    cv.resize(even, half, new cv.Size(width, height), 0, 0, cv.INTER_AREA);
    return use(half);
  });
}

function percentile(sorted: number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
