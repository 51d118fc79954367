import type { Analysis } from '../core/analysis.ts';
import { conform, planFor } from '../core/conform.ts';
import { BadInput, ReelightError } from '../core/errors.ts';
import type { FrameMeasures } from '../core/measures.ts';
import type { SourceFacts } from '../core/media.ts';
import type { Cut, Ports, RangeSource, Stretch } from '../core/ports/index.ts';
import type { Profile } from '../core/profiles/profile.ts';
import { type Boundary, boundaries, groupSamples, scenesOf } from '../core/scenes.ts';

/** Samples: so many a minute of video, no fewer than a clip of seconds needs, and no more for a film. */
const A_MINUTE = 24;
const FEWEST = 4;
const MOST = 120;

/** Seconds of video that may be decoded in search of cuts: a share of its length, but enough for a short one. */
const SEARCH_SHARE = 0.2;
const SEARCH_LEAST = 25;
/** Seconds between two stretches that are searched as one: what another FFmpeg takes to start. */
const AT_ONCE = 1;
/** Seconds by which two clocks may tell the time of one picture differently. */
const HAIR = 0.001;

/** Spatial, as it has to be: samples have no neighbours. */
const ONE_PICTURE_OF_TWO_FIELDS = 'estdif=mode=frame';

type AnalysePorts = Pick<Ports, 'media' | 'vision' | 'log'>;

/**
 * Looks at a video: at pictures from across the whole of it, one after the other, and for the cuts between parts that
 * the profile treats differently.
 *
 * @throws BadInput `undecodable` when there is no picture to look at; TransientError `vision_failed`
 */
export async function analyse(
  { media, vision, log }: AnalysePorts,
  source: RangeSource,
  facts: SourceFacts,
  profile: Profile,
  signal: AbortSignal,
): Promise<Analysis> {
  const interlacing = await media.interlacing(source, facts, signal);
  const wanted = { count: samplesFor(facts.duration), graph: toBeLookedAt(facts, interlacing) };
  const measures: FrameMeasures[] = [];
  let failure: unknown;
  for await (const frame of media.sample(source, facts, wanted, signal)) {
    try {
      measures.push(await vision.measure(frame, signal));
    } catch (error) {
      if (signal.aborted || !(error instanceof ReelightError)) throw error;
      log.warn('a frame was left out', { code: error.code, why: error.message });
      failure = error;
    }
  }
  if (measures.length === 0) throw failure ?? nothingToLookAt();
  measures.sort((a, b) => a.time - b.time);
  const groups = groupSamples(measures);
  const bars = barsOfAll(measures);
  const withCuts = (cuts: (number | null)[]): Analysis => ({
    scenes: scenesOf(groups, cuts, facts.duration),
    interlacing,
    bars,
    samples: measures.length,
  });
  const between = boundaries(groups);
  // Where the plan is the same wherever the cut is, and without one, nobody has to know: whatever the others are.
  const matters = between.filter((each) =>
    [() => null, ({ to }: Boundary) => to].some((other) => {
      const graphs = [each.from, each.to, null].map((cut) => {
        return planFor(profile, facts, withCuts(between.map((one) => (one === each ? cut : other(one))))).graph;
      });
      return new Set(graphs).size > 1;
    }),
  );
  const search = (stretch: Stretch) => media.cuts(source, facts, stretch, signal);
  const found = await cutsAt(matters, facts.duration, search);
  return withCuts(between.map((boundary) => found.get(boundary) ?? null));
}

/** How many pictures are looked at, of a video of so many seconds; 0 where nobody knows how long it is. */
export function samplesFor(duration: number): number {
  if (duration === 0) return A_MINUTE;
  return Math.min(MOST, Math.max(FEWEST, Math.ceil((duration * A_MINUTE) / 60)));
}

/** The form that profiles work on, but for what takes more than one picture. */
function toBeLookedAt(facts: SourceFacts, { order }: Analysis['interlacing']): string {
  const { graph } = conform(facts, { order: 'progressive', confidence: 1 });
  return [order === 'progressive' ? '' : ONE_PICTURE_OF_TWO_FIELDS, graph].filter(Boolean).join(',');
}

/** The hard cuts that there are in boundaries. Where too much would have to be decoded, those that differ most are sought. */
async function cutsAt(
  all: Boundary[],
  duration: number,
  search: (stretch: Stretch) => Promise<Cut[]>,
): Promise<Map<Boundary, number>> {
  let budget = Math.max(SEARCH_LEAST, duration * SEARCH_SHARE);
  const sought = new Set<Boundary>();
  for (const boundary of all.toSorted((a, b) => b.difference - a.difference)) {
    const length = boundary.to - boundary.from;
    if (length > budget) continue;
    budget -= length;
    sought.add(boundary);
  }
  const cuts: Cut[] = [];
  for (const stretch of joined(all.filter((each) => sought.has(each)))) cuts.push(...(await search(stretch)));
  cuts.sort((a, b) => b.score - a.score);
  const found = new Map<Boundary, number>();
  for (const boundary of sought) {
    const strongest = cuts.find(({ time }) => time > boundary.from && time <= boundary.to + HAIR);
    if (strongest) found.set(boundary, strongest.time);
  }
  return found;
}

/** Neighbours become one. */
function joined(stretches: Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const { from, to } of stretches) {
    const last = all.at(-1);
    if (last && from - last.to <= AT_ONCE) last.to = to;
    else all.push({ from, to });
  }
  return all;
}

/** Bars that every picture has. Black pictures say nothing. */
function barsOfAll(measures: FrameMeasures[]): Analysis['bars'] {
  const showing = measures.filter(({ luma }) => luma.p99 > 40).map(({ bars }) => bars);
  const least = (side: keyof Analysis['bars']) =>
    showing.length === 0 ? 0 : Math.min(...showing.map((bars) => bars[side]));
  return { top: least('top'), bottom: least('bottom'), left: least('left'), right: least('right') };
}

function nothingToLookAt(): BadInput {
  return new BadInput('undecodable', 'No picture of this video could be decoded: the file is damaged.');
}
