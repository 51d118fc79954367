import type { FrameMeasures } from './measures.ts';

/**
 * What a picture may need, in steps of about what can be seen: two pictures that need the same are one scene here,
 * whatever they show. Each is 0 where nothing is wanting, so that good pictures are alike.
 */
export type Treatment = readonly number[];

/** Middle of a well-exposed picture: from here on down, gamma is wanted; from there on up, too. */
const DIM = 80;
const GLARING = 185;
/** Where a picture with its full range begins and ends. */
const LIFTED = 24;
const LOWERED = 200;
/** Ratios of channels within this are a matter of what is shown. */
const CAST = 0.06;
const NOISE = 1;
const GREY = 0.05;
const BLURRED = 0.55;

/** One step, that is, what makes a difference that is worth other constants. */
const STEPS = { gamma: 0.25, levels: 16, cast: 0.08, noise: 1.5, grey: 0.04, blur: 0.15 };

export function treatmentOf({ luma, channels, noise, saturation, sharpness }: FrameMeasures): Treatment {
  const { r, g, b } = channels;
  const grain = Math.max(noise.fine, 2 * noise.coarse);
  return [
    gamma(luma.p50) / STEPS.gamma,
    Math.max(0, luma.p01 - LIFTED) / STEPS.levels,
    Math.max(0, LOWERED - luma.p99) / STEPS.levels,
    beyond(Math.log(ratio(r.norm, g.norm)), CAST) / STEPS.cast,
    beyond(Math.log(ratio(b.norm, g.norm)), CAST) / STEPS.cast,
    Math.max(0, grain - NOISE) / STEPS.noise,
    Math.max(0, GREY - saturation) / STEPS.grey,
    (Math.max(0, BLURRED - sharpness.value) * sharpness.confidence) / STEPS.blur,
  ];
}

/** In steps, of the need that differs most. */
export function difference(one: Treatment, other: Treatment): number {
  return Math.max(...one.map((need, index) => Math.abs(need - (other[index] ?? 0))));
}

/** The middle one of each need. */
export function typical(treatments: readonly Treatment[]): Treatment {
  const [first = []] = treatments;
  return first.map((_, index) => {
    const needs = treatments.map((treatment) => treatment[index] ?? 0).sort((a, b) => a - b);
    return needs[needs.length >> 1] ?? 0;
  });
}

/** In powers of two: positive to brighten, negative to darken. */
function gamma(middle: number): number {
  const level = Math.min(250, Math.max(4, middle));
  const to = level < DIM ? DIM : level > GLARING ? GLARING : level;
  return Math.log2(Math.log(level / 255) / Math.log(to / 255));
}

function ratio(one: number, other: number): number {
  return Math.max(1, one) / Math.max(1, other);
}

function beyond(value: number, tolerance: number): number {
  return Math.sign(value) * Math.max(0, Math.abs(value) - tolerance);
}
