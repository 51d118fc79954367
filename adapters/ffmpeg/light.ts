import type { LightFacts, Point } from '../../core/media.ts';
import type { SideData } from './report.ts';

/**
 * The brightest pixel by CTA-861.3 (MaxCLL), else what the mastering display could show (SMPTE ST 2086), in cd/m².
 * Zeroes mean unknown, and less than SDR has is a mistake.
 */
export function peakOf(sideData: SideData[]): number | null {
  const content = sideData.map(({ max_content }) => max_content ?? 0);
  const display = sideData.map(({ max_luminance }) => share(max_luminance) ?? 0);
  return [...content, ...display].find((peak) => peak >= 100) ?? null;
}

/** All that is said of the light, so that it can be said again; undefined where that is nothing. */
export function lightOf(sideData: SideData[]): LightFacts | undefined {
  const content = sideData.map(contentOf).find((said) => said !== null) ?? null;
  const display = sideData.map(displayOf).find((said) => said !== null) ?? null;
  return content || display ? { content, display } : undefined;
}

/** Two zeroes mean unknown. */
function contentOf({ max_content, max_average }: SideData): LightFacts['content'] {
  return max_content ? { most: max_content, average: max_average ?? 0 } : null;
}

function displayOf(side: SideData): LightFacts['display'] {
  const red = point(side.red_x, side.red_y);
  const green = point(side.green_x, side.green_y);
  const blue = point(side.blue_x, side.blue_y);
  const white = point(side.white_point_x, side.white_point_y);
  const [darkest, brightest] = [share(side.min_luminance), share(side.max_luminance)];
  if (!red || !green || !blue || !white || darkest === null || !brightest) return null;
  return { red, green, blue, white, darkest, brightest };
}

function point(x: string | undefined, y: string | undefined): Point | null {
  const at = [share(x), share(y)];
  return at[0] != null && at[1] != null && at[0] <= 1 && at[1] <= 1 ? { x: at[0], y: at[1] } : null;
}

/** `34000/50000` as a number; unlike a rate, it may be zero. */
function share(text: string | undefined): number | null {
  const [, num, den] = /^(\d+)\/(\d+)$/.exec(text ?? '') ?? [];
  return Number(den) > 0 ? Number(num) / Number(den) : null;
}
