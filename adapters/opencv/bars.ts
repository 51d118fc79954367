import type { FrameMeasures } from '../../core/measures.ts';
import type { Mat } from './opencv.ts';
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
export function barsOf({ data, rows, cols }: Mat): FrameMeasures['bars'] {
  const row = (index: number) => lineOf(data, index * cols, 1, cols);
  const column = (index: number) => lineOf(data, index, cols, rows);
  const [top, bottom] = blackEnds(row, rows);
  const [left, right] = blackEnds(column, cols);
  return { top, bottom, left, right };
}

/** The picture without its bars, or the whole of it where they are too large to be bars. */
export function insideOf({ top, bottom, left, right }: FrameMeasures['bars'], width: number, height: number): Rect {
  const inside = { x: left, y: top, width: width - left - right, height: height - top - bottom };
  const plausible = inside.width >= width * LEAST_INSIDE && inside.height >= height * LEAST_INSIDE;
  return plausible ? inside : { x: 0, y: 0, width, height };
}

/** The mean of a row or column, or white where it is not black throughout. */
function lineOf(luma: Uint8Array, from: number, step: number, length: number): number {
  let sum = 0;
  for (let i = 0, at = from; i < length; i++, at += step) {
    const level = luma[at] ?? 0;
    if (level > BRIGHTEST) return 255;
    sum += level;
  }
  return sum / length;
}

function blackEnds(line: (index: number) => number, lines: number): [first: number, last: number] {
  const first = blackFrom(line, lines);
  return first === lines ? [first, first] : [first, blackFrom((index) => line(lines - 1 - index), lines)];
}

/** How many lines are black, counted from the first. A picture without bars shows it at its first line. */
function blackFrom(line: (index: number) => number, lines: number): number {
  const outermost = line(0);
  if (outermost > MEAN) return 0;
  let inner = 1;
  for (; inner < lines; inner++) {
    const mean = line(inner);
    if (mean > MEAN || Math.abs(mean - outermost) > EVEN) break;
  }
  if (inner === lines) return lines;
  return inner < Math.max(FEWEST, lines * LEAST) ? 0 : inner;
}
