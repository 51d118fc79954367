import type { Scene } from '../analysis.ts';
import type { ChannelMeasures, FrameMeasures, Percentiles, Tint } from '../measures.ts';

/** What a scene looks like as a whole: of each measure, the median over its frames. One odd frame does not count. */
export interface Look extends Omit<FrameMeasures, 'time' | 'bars'> {
  /** How far the brightness of its frames lies apart, in levels: of a fade or a flash, much. */
  unrest: number;
  frames: FrameMeasures[];
}

export function lookOf({ measures }: Pick<Scene, 'measures'>): Look {
  const of = (read: (frame: FrameMeasures) => number) => median(measures.map(read));
  const percentiles = (read: (frame: FrameMeasures) => Percentiles): Percentiles => ({
    p01: of((frame) => read(frame).p01),
    p05: of((frame) => read(frame).p05),
    p50: of((frame) => read(frame).p50),
    p95: of((frame) => read(frame).p95),
    p99: of((frame) => read(frame).p99),
  });
  const channel = (name: 'r' | 'g' | 'b'): ChannelMeasures => ({
    ...percentiles(({ channels }) => channels[name]),
    mean: of(({ channels }) => channels[name].mean),
    norm: of(({ channels }) => channels[name].norm),
  });
  const tint = (part: 'dark' | 'bright'): Tint => ({
    r: of(({ tints }) => tints[part].r),
    b: of(({ tints }) => tints[part].b),
  });
  const tops = measures.map(({ luma }) => luma.p95);
  return {
    luma: { ...percentiles(({ luma }) => luma), mean: of(({ luma }) => luma.mean) },
    clipped: { black: of(({ clipped }) => clipped.black), white: of(({ clipped }) => clipped.white) },
    channels: { r: channel('r'), g: channel('g'), b: channel('b') },
    saturation: of(({ saturation }) => saturation),
    noise: {
      fine: of(({ noise }) => noise.fine),
      coarse: of(({ noise }) => noise.coarse),
      confidence: of(({ noise }) => noise.confidence),
    },
    sharpness: {
      value: of(({ sharpness }) => sharpness.value),
      confidence: of(({ sharpness }) => sharpness.confidence),
    },
    blockiness: {
      value: of(({ blockiness }) => blockiness.value),
      confidence: of(({ blockiness }) => blockiness.confidence),
    },
    even: of(({ even }) => even),
    tints: { own: of(({ tints }) => tints.own), dark: tint('dark'), bright: tint('bright') },
    unrest: Math.max(...tops) - Math.min(...tops),
    frames: measures,
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
