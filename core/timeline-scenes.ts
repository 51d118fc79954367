import type { FrameMeasures } from './measures.ts';

/*
 * What a video shows around a joint, as far as a plan knows it: by samples of its pictures, and by what the one who
 * encoded the source made of it.
 */

/** Seconds before a time of which it matters what they show. */
const BEFORE = 1.5;
/** Seconds between two samples from which on they say nothing of what is between them. */
const APART = 6;
/** Mean difference, in levels, of two samples' tones: in one scene up to 5, across a cut from 15 on. */
const OTHER_SCENE = 8;

/**
 * Whether the scene just before a time goes on after it; undefined where nobody looked closely enough.
 *
 * @param samples in the order of their times
 * @param time in seconds from the first picture
 */
export function goesOn(samples: readonly FrameMeasures[], time: number): boolean | undefined {
  const from = samples.findLastIndex((sample) => sample.time <= time - BEFORE);
  const to = samples.findIndex((sample) => sample.time >= time);
  if (from < 0 || to < 0) return undefined;
  const pairs = samples.slice(from, to).map((sample, i) => [sample, samples[from + i + 1] ?? sample] as const);
  if (pairs.some(([one, next]) => next.time - one.time > APART)) return undefined;
  return pairs.every(([one, next]) => apart(one, next) < OTHER_SCENE);
}

function apart(one: FrameMeasures, other: FrameMeasures): number {
  const [ours, theirs] = [tonesOf(one), tonesOf(other)];
  return ours.reduce((sum, tone, i) => sum + Math.abs(tone - (theirs[i] ?? tone)), 0) / ours.length;
}

function tonesOf({ luma, channels: { r, g, b } }: FrameMeasures): number[] {
  const { p01, p05, p50, p95, p99, mean } = luma;
  return [p01, p05, p50, p95, p99, mean, ...[r, g, b].flatMap((channel) => [channel.mean, channel.p05, channel.p95])];
}

/** Times as many bytes in a picture that stands alone as in the mean of all: where pictures move, and where they rest. */
const MOVING = 4;
const RESTING = 8;

/**
 * How quiet a scene is, from 0 to 1: as the encoder of the source saw it, so that noise is movement, too.
 *
 * @param weight of a picture that stands alone, in mean pictures around it
 */
export function stillness(weight: number): number {
  return weight > MOVING ? Math.min(1, Math.log(weight / MOVING) / Math.log(RESTING / MOVING)) : 0;
}

/** From here on, in mean pictures, all is predicted from a picture that stands alone, so to speak. */
const ALL_FROM_IT = 2.6;

/**
 * How much is predicted from the first picture of a scene, from 0 to 1. Noise is predicted from nothing.
 *
 * @param weight of the picture, in mean pictures around it
 */
export function lasting(weight: number): number {
  return weight > 1 ? Math.min(1, Math.log(weight) / Math.log(ALL_FROM_IT)) : 0;
}
