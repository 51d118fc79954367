import type { ChannelMeasures, FrameMeasures } from '../core/measures.ts';

/** A clean, sharp, well-lit picture without a cast, but for the changes. */
export function plainMeasures(changes: Partial<FrameMeasures> = {}): FrameMeasures {
  const channel: ChannelMeasures = { p01: 8, p05: 20, p50: 115, p95: 225, p99: 240, mean: 118, norm: 150 };
  const { norm: _, ...luma } = channel;
  return {
    time: 0,
    luma,
    clipped: { black: 0, white: 0 },
    channels: { r: channel, g: channel, b: channel },
    saturation: 0.2,
    noise: { fine: 0.5, coarse: 0.5, confidence: 1 },
    sharpness: { value: 0.9, confidence: 1 },
    blockiness: { value: 1, confidence: 1 },
    even: 0,
    tints: { own: 0.7, dark: { r: 1, b: 1 }, bright: { r: 1, b: 1 } },
    bars: { top: 0, bottom: 0, left: 0, right: 0 },
    ...changes,
  };
}
