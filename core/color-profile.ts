import type { Frame } from './media.ts';
import type { MetadataDocument } from './metadata.ts';

/**
 * Histograms (256 bins a channel, L2-normalised: what OpenCV's `calcHist` and `normalize` give by default) and the mean
 * colour of one frame.
 */
export function colorProfile({ width, height, bgr }: Frame): MetadataDocument['color_profile'] {
  const counts = [new Float64Array(256), new Float64Array(256), new Float64Array(256)] as const;
  const [b, g, r] = counts;
  for (let i = 0; i + 2 < bgr.length; i += 3) {
    count(b, bgr[i]);
    count(g, bgr[i + 1]);
    count(r, bgr[i + 2]);
  }
  const pixels = width * height;
  return {
    histograms: { b: normalized(b), g: normalized(g), r: normalized(r) },
    average_color: { b: mean(b, pixels), g: mean(g, pixels), r: mean(r, pixels) },
  };
}

function count(bins: Float64Array, value: number | undefined): void {
  const bin = value ?? 0;
  bins[bin] = (bins[bin] ?? 0) + 1;
}

function normalized(bins: Float64Array): number[] {
  const length = Math.hypot(...bins);
  return Array.from(bins, (bin) => (length === 0 ? 0 : bin / length));
}

function mean(bins: Float64Array, pixels: number): number {
  const sum = bins.reduce((total, bin, value) => total + bin * value, 0);
  return pixels === 0 ? 0 : Math.round((sum / pixels) * 100) / 100;
}
