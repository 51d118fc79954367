export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Up to here a picture is looked at whole: a little over 1920×1088. */
const WHOLE = 2_100_000;
/** Tiles a side of a larger one. */
const SIDE = 3;

/**
 * Where a picture is measured at full size. A larger one than 1080p in nine tiles, spread evenly, with as many pixels
 * as 1080p has, so that no picture costs more. They begin on the 8×8 grid, so that blocks have one phase in all.
 */
export function tilesOf(width: number, height: number): Rect[] {
  if (width * height <= WHOLE) return [{ x: 0, y: 0, width, height }];
  const share = Math.sqrt(WHOLE / (width * height));
  const across = spread(width, share);
  const down = spread(height, share);
  return down.starts.flatMap((y) => across.starts.map((x) => ({ x, y, width: across.size, height: down.size })));
}

function spread(length: number, share: number): { starts: number[]; size: number } {
  const size = onGrid((length * share) / SIDE);
  const cell = length / SIDE;
  const starts = Array.from({ length: SIDE }, (_, index) => onGrid(index * cell + (cell - size) / 2));
  return { starts, size };
}

function onGrid(length: number): number {
  return Math.floor(length / 16) * 16;
}
