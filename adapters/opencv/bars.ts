import type { FrameMeasures } from '../../core/measures.ts';
import { type Mat, type OpenCv, REDUCE, withMemory } from './opencv.ts';
import type { Rect } from './tiles.ts';

/** A line belongs to a bar when it is this dark on average and nowhere brighter than that: black, with what codecs add. */
const MEAN = 10;
const BRIGHTEST = 40;
/** Bars are of one black, unlike the dark border of a picture; so much is left to coding. */
const EVEN = 1.5;
/** Of the side: less is a crooked scan, not a bar. */
const LEAST = 0.01;
const FEWEST = 4;
/** What is left inside has to be this share of either side: else it is a dark picture. */
const LEAST_INSIDE = 0.4;

/** Black lines at the borders. Of a black picture, all: so that over many pictures the fewest count. */
export function barsOf(cv: OpenCv, luma: Mat): FrameMeasures['bars'] {
  const [top, bottom] = blackEnds(lines(cv, luma, 1));
  const [left, right] = blackEnds(lines(cv, luma, 0));
  return { top, bottom, left, right };
}

/** The picture without its bars, or the whole of it where they are too large to be bars. */
export function insideOf({ top, bottom, left, right }: FrameMeasures['bars'], width: number, height: number): Rect {
  const inside = { x: left, y: top, width: width - left - right, height: height - top - bottom };
  const plausible = inside.width >= width * LEAST_INSIDE && inside.height >= height * LEAST_INSIDE;
  return plausible ? inside : { x: 0, y: 0, width, height };
}

/** The mean of each row (1) or column (0), or white where it is not black throughout. */
function lines(cv: OpenCv, luma: Mat, dimension: 0 | 1): number[] {
  return withMemory((keep) => {
    const mean = keep(new cv.Mat());
    const brightest = keep(new cv.Mat());
    cv.reduce(luma, mean, dimension, REDUCE.average, cv.CV_32F);
    cv.reduce(luma, brightest, dimension, REDUCE.maximum, -1);
    const maxima = brightest.data;
    return Array.from(mean.data32F, (value, index) => ((maxima[index] ?? 255) <= BRIGHTEST ? value : 255));
  });
}

function blackEnds(means: number[]): [first: number, last: number] {
  const first = blackFrom(means);
  return first === means.length ? [first, first] : [first, blackFrom(means.toReversed())];
}

function blackFrom(means: number[]): number {
  const [outermost = 255] = means;
  if (outermost > MEAN) return 0;
  const inner = means.findIndex((mean) => mean > MEAN || Math.abs(mean - outermost) > EVEN);
  if (inner < 0) return means.length;
  return inner < Math.max(FEWEST, means.length * LEAST) ? 0 : inner;
}
