import type { FrameMeasures } from '../../core/measures.ts';
import { compact, type Mat, type OpenCv } from './opencv.ts';

/** Steepness from which on an edge counts, in levels a pixel, and in the σ of the noise. */
const STEEP = 6;
const ABOVE_NOISE = 4;
/** Only the steepest part of all pixels: weak edges are texture and shading, and sharp or not in their own right. */
const STEEPEST = 0.02;
/** So many pixels on edges are enough to be sure by. */
const ENOUGH = 800;

/** What white noise of σ = 1 does to the square of the Laplacian, and to that of the gradient. */
const LAPLACIAN_NOISE = 20;
const GRADIENT_NOISE = 1;

/**
 * How sharp edges are: on the steepest, the Laplacian over the gradient (roots of their mean squares), which does not
 * depend on how strong they are. What noise adds to either is taken off.
 */
export function sharpnessOf(cv: OpenCv, tiles: Mat[], sigma: number): FrameMeasures['sharpness'] {
  const least = Math.max(STEEP, ABOVE_NOISE * sigma) ** 2;
  const lumas = tiles.map((tile) => compact(cv, tile));
  try {
    const gradients = steepnessesOf(lumas);
    const limit = Math.max(least, floorOf(gradients));
    let edges = 0;
    let laplacians = 0;
    let slopes = 0;
    for (const { data, cols, rows } of lumas) {
      for (let y = 1; y < rows - 1; y++) {
        for (let at = y * cols + 1, end = at + cols - 2; at < end; at++) {
          const right = data[at + 1] ?? 0;
          const left = data[at - 1] ?? 0;
          const below = data[at + cols] ?? 0;
          const above = data[at - cols] ?? 0;
          const slope = ((right - left) ** 2 + (below - above) ** 2) / 4;
          if (slope < limit) continue;
          edges++;
          slopes += slope;
          laplacians += (right + left + below + above - 4 * (data[at] ?? 0)) ** 2;
        }
      }
    }
    if (edges === 0) return { value: 0, confidence: 0 };
    const laplacian = Math.max(0, laplacians / edges - LAPLACIAN_NOISE * sigma ** 2);
    const slope = Math.max(1, slopes / edges - GRADIENT_NOISE * sigma ** 2);
    const certain = laplacian / (laplacians / edges || 1);
    return { value: Math.sqrt(laplacian / slope), confidence: Math.min(1, edges / ENOUGH) * certain };
  } finally {
    for (const luma of lumas) luma.delete();
  }
}

/** Squares of gradients, counted in steps of one level. */
function steepnessesOf(lumas: Mat[]): Uint32Array {
  const counts = new Uint32Array(256);
  for (const { data, cols, rows } of lumas) {
    // Every third row tells as much.
    for (let y = 1; y < rows - 1; y += 3) {
      for (let at = y * cols + 1, end = at + cols - 2; at < end; at++) {
        const across = (data[at + 1] ?? 0) - (data[at - 1] ?? 0);
        const down = (data[at + cols] ?? 0) - (data[at - cols] ?? 0);
        const level = Math.sqrt((across * across + down * down) / 4) | 0;
        counts[level] = (counts[level] ?? 0) + 1;
      }
    }
  }
  return counts;
}

/** The square of the gradient that the steepest part is above. */
function floorOf(counts: Uint32Array): number {
  const wanted = counts.reduce((all, number) => all + number, 0) * STEEPEST;
  let above = 0;
  for (let level = counts.length - 1; level > 0; level--) {
    above += counts[level] ?? 0;
    if (above >= wanted) return level ** 2;
  }
  return 0;
}
