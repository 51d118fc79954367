import type { Analysis, Scene } from '../analysis.ts';
import type { ChannelMeasures, FrameMeasures } from '../measures.ts';
import type { Picture } from './profile.ts';

type Levels = [p01: number, p05: number, p50: number, p95: number, p99: number];

/** What a frame measures, by what matters: the rest is as in a good video. */
export interface Given {
  luma?: Levels;
  /** Of red and blue, against green. */
  tint?: { r: number; b: number };
  /** The same of its darker half, where that is another. */
  darkTint?: { r: number; b: number };
  own?: number;
  even?: number;
  saturation?: number;
  black?: number;
  white?: number;
  fine?: number;
  coarse?: number;
  noiseConfidence?: number;
  sharpness?: number;
  sharpnessConfidence?: number;
  blockiness?: number;
}

export function frame(given: Given = {}, time = 0): FrameMeasures {
  const [p01, p05, p50, p95, p99] = given.luma ?? [10, 24, 110, 226, 240];
  const { r, b } = given.tint ?? { r: 1, b: 1 };
  const scaled = (by: number): ChannelMeasures => ({
    ...{ p01: by * p01, p05: by * p05, p50: by * p50, p95: by * p95, p99: Math.min(by * p99, 255) },
    ...{ mean: by * p50, norm: by * p95 * 0.7 },
  });
  return {
    time,
    luma: { p01, p05, p50, p95, p99, mean: p50 },
    clipped: { black: given.black ?? 0, white: given.white ?? 0 },
    channels: { r: scaled(r), g: scaled(1), b: scaled(b) },
    saturation: given.saturation ?? 0.12,
    noise: { fine: given.fine ?? 0.4, coarse: given.coarse ?? 0.6, confidence: given.noiseConfidence ?? 1 },
    sharpness: { value: given.sharpness ?? 0.9, confidence: given.sharpnessConfidence ?? 1 },
    blockiness: { value: given.blockiness ?? 1.05, confidence: 1 },
    even: given.even ?? 0,
    tints: { own: given.own ?? 0.7, dark: given.darkTint ?? { r, b }, bright: { r, b } },
    bars: { top: 0, bottom: 0, left: 0, right: 0 },
  };
}

export function scene(given: Given, start = 0, end = 10, begins: Scene['begins'] = 'cut'): Scene {
  return { start, end, begins, measures: [0.2, 0.5, 0.8].map((at) => frame(given, start + at * (end - start))) };
}

export function analysis(...scenes: Scene[]): Analysis {
  return {
    scenes,
    interlacing: { order: 'progressive', confidence: 1 },
    bars: { top: 0, bottom: 0, left: 0, right: 0 },
    samples: scenes.reduce((sum, { measures }) => sum + measures.length, 0),
  };
}

export const PICTURE: Picture = {
  width: 64,
  height: 48,
  color: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', range: 'tv' },
  bitDepth: 8,
};

/** Kinds of damage, as measured on real clips. */
export const DARK: Given = { luma: [3, 8, 47, 110, 140] };
export const WASHED_OUT: Given = { luma: [54, 60, 104, 190, 207], saturation: 0.05 };
export const NOISY: Given = { fine: 4.8, coarse: 2.6 };
export const SOFT: Given = { sharpness: 0.5 };
export const TINTED: Given = { luma: [10, 20, 90, 190, 220], tint: { r: 0.8, b: 1.14 } };
export const BLOCKY: Given = { blockiness: 2.8, fine: 0.2 };
