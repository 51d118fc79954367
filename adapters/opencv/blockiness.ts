import type { FrameMeasures } from '../../core/measures.ts';
import { type Mat, type OpenCv, REDUCE, withMemory } from './opencv.ts';

const GRID = 8;
/** Steps between neighbours count up to this: what coding leaves is small, and edges of things would drown it. */
const LARGEST_STEP = 12;
/** Added to either side, so that next to nothing is not many times nothing. */
const NOTHING = 0.5;
/** Lines of the grid that are enough to be sure by. */
const ENOUGH = 30;

/**
 * How much stronger steps are on the 8×8 grid of old codecs than off it, both directions taken together. The grid is sought:
 * a picture that was cropped has it shifted. Medians over its lines, so that a frame in the picture is no block.
 */
export function blockinessOf(cv: OpenCv, tiles: Mat[]): FrameMeasures['blockiness'] {
  const across = tiles.map((tile) => stepsAcross(cv, tile));
  const down = tiles.map((tile) => stepsDown(cv, tile));
  const [x, y] = [gridOf(across), gridOf(down)];
  const value = Math.sqrt(Math.max(1, x.ratio) * Math.max(1, y.ratio));
  return { value, confidence: Math.min(1, x.lines / ENOUGH, y.lines / ENOUGH) };
}

function stepsAcross(cv: OpenCv, luma: Mat): Float32Array {
  return withMemory((keep) => {
    if (luma.cols < 2) return new Float32Array();
    const left = keep(luma.roi(new cv.Rect(0, 0, luma.cols - 1, luma.rows)));
    const right = keep(luma.roi(new cv.Rect(1, 0, luma.cols - 1, luma.rows)));
    return meansOfSteps(cv, left, right, 0);
  });
}

function stepsDown(cv: OpenCv, luma: Mat): Float32Array {
  return withMemory((keep) => {
    if (luma.rows < 2) return new Float32Array();
    const above = keep(luma.roi(new cv.Rect(0, 0, luma.cols, luma.rows - 1)));
    const below = keep(luma.roi(new cv.Rect(0, 1, luma.cols, luma.rows - 1)));
    return meansOfSteps(cv, above, below, 1);
  });
}

function meansOfSteps(cv: OpenCv, one: Mat, other: Mat, dimension: 0 | 1): Float32Array {
  return withMemory((keep) => {
    const steps = keep(new cv.Mat());
    const means = keep(new cv.Mat());
    cv.absdiff(one, other, steps);
    cv.threshold(steps, steps, LARGEST_STEP, LARGEST_STEP, cv.THRESH_TRUNC);
    cv.reduce(steps, means, dimension, REDUCE.average, cv.CV_32F);
    return means.data32F.slice();
  });
}

/** The phase on which steps are strongest, against the others. */
function gridOf(tiles: Float32Array[]): { ratio: number; lines: number } {
  const phases = Array.from({ length: GRID }, (_, phase) =>
    tiles.flatMap((steps) => Array.from(steps).filter((_, index) => index % GRID === phase)),
  );
  const typical = phases.map(median);
  const strongest = typical.indexOf(Math.max(...typical));
  const others = median(phases.filter((_, phase) => phase !== strongest).flat());
  const ratio = ((typical[strongest] ?? 0) + NOTHING) / (others + NOTHING);
  return { ratio, lines: phases[strongest]?.length ?? 0 };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
