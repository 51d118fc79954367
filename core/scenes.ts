import type { Scene } from './analysis.ts';
import type { FrameMeasures } from './measures.ts';
import { difference, type Treatment, treatmentOf, typical } from './scenes-treatment.ts';

/** More scenes than this make filter graphs that nobody can afford. */
const MAX_SCENES = 24;
/** Steps from what is typical, from which on a picture that is not alone begins another group. */
const OTHER = 1;
/** So far off, a picture may be alone. */
const FAR = 2.5;

/** Neighbouring samples that need the same. At least one, in order. */
export type Group = FrameMeasures[];

/** Between the last sample of one group and the first of the next. Both in seconds from the first frame. */
export interface Boundary {
  from: number;
  to: number;
  /** How differently the groups have to be treated, in steps of about what can be seen. */
  difference: number;
}

/**
 * Puts neighbouring samples together that need the same treatment. A group is left only for good: by two pictures in a
 * row that are off and alike, or by one that is far off; a flash, or a picture that is a little off, stays in.
 *
 * @param measures in the order of their times
 */
export function groupSamples(measures: readonly FrameMeasures[]): Group[] {
  const groups: { measures: Group; treatments: Treatment[] }[] = [];
  for (const [index, measure] of measures.entries()) {
    const treatment = treatmentOf(measure);
    const next = measures[index + 1];
    const last = groups.at(-1);
    if (last && !leaves(last.treatments, treatment, next && treatmentOf(next))) {
      last.measures.push(measure);
      last.treatments.push(treatment);
    } else groups.push({ measures: [measure], treatments: [treatment] });
  }
  return merged(groups.map(({ measures }) => measures));
}

function leaves(group: Treatment[], treatment: Treatment, next: Treatment | undefined): boolean {
  const usual = typical(group);
  const off = difference(usual, treatment);
  if (off < OTHER) return false;
  return off >= FAR || (next !== undefined && difference(usual, next) >= OTHER && difference(treatment, next) < OTHER);
}

/** The most alike neighbours become one until they differ enough and there are not too many. */
function merged(groups: Group[]): Group[] {
  const closest = boundaries(groups).reduce(
    (best, { difference }, index) => (difference < best.difference ? { difference, index } : best),
    { difference: Number.POSITIVE_INFINITY, index: -1 },
  );
  if (closest.index < 0 || (closest.difference >= OTHER && groups.length <= MAX_SCENES)) return groups;
  const { index } = closest;
  return merged([
    ...groups.slice(0, index),
    [...(groups[index] ?? []), ...(groups[index + 1] ?? [])],
    ...groups.slice(index + 2),
  ]);
}

/** One between each group and the next. */
export function boundaries(groups: readonly Group[]): Boundary[] {
  const usual = groups.map((group) => typical(group.map(treatmentOf)));
  return groups.slice(1).map((group, index) => ({
    from: groups[index]?.at(-1)?.time ?? 0,
    to: group[0]?.time ?? 0,
    difference: difference(usual[index] ?? [], usual[index + 1] ?? []),
  }));
}

/**
 * Scenes that cover the whole video without a gap.
 *
 * @param cuts for each boundary the time of the hard cut, or null where there is none: then the scene begins gradually,
 *   about half-way
 * @param duration of the video in seconds, or 0 where it is not known: then it ends after the last sample
 */
export function scenesOf(groups: readonly Group[], cuts: readonly (number | null)[], duration: number): Scene[] {
  const between = boundaries(groups);
  const starts = groups.map((_, index) => {
    const boundary = between[index - 1];
    if (!boundary) return 0;
    return cuts[index - 1] ?? (boundary.from + boundary.to) / 2;
  });
  const end = Math.max(duration, groups.at(-1)?.at(-1)?.time ?? 0, starts.at(-1) ?? 0);
  return groups.map((measures, index) => ({
    start: starts[index] ?? 0,
    end: starts[index + 1] ?? end,
    begins: index === 0 || typeof cuts[index - 1] === 'number' ? 'cut' : 'gradual',
    measures,
  }));
}
