import type { Orientation } from '../../core/media.ts';
import type { SideData } from './report.ts';

/**
 * What the display matrix does to the stored picture. ffprobe prints its rows with an address before each; the first
 * two numbers of the first two rows say where the picture's right and its bottom go. Turns between the quarters, which
 * no camera writes, count as the nearest.
 * ISO/IEC 14496-12, 8.3.2
 */
export function orientationOf(sideData: SideData[]): Orientation {
  const rows =
    sideData
      .find(({ displaymatrix }) => displaymatrix)
      ?.displaymatrix?.trim()
      .split('\n') ?? [];
  const [[a = 1, b = 0] = [], [c = 0, d = 1] = []] = rows.map((row) => numbersAfterAddress(row));
  const mirrored = a * d - b * c < 0;
  const right = mirrored ? { x: -a, y: -b } : { x: a, y: b };
  const quarters = Math.round(Math.atan2(right.y, right.x) / (Math.PI / 2));
  return { rotation: TURNS[(quarters + 4) % 4] ?? 0, mirrored };
}

const TURNS = [0, 90, 180, 270] as const;

function numbersAfterAddress(row: string): number[] {
  return row
    .replace(/^\s*\w+:/, '')
    .trim()
    .split(/\s+/)
    .map(Number);
}
