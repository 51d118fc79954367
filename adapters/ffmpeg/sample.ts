import type { Log } from '../../core/log.ts';
import type { SourceFacts } from '../../core/media.ts';
import type { RangeSource, SampledFrame, SamplesWanted } from '../../core/ports/index.ts';
import { withInput } from './input.ts';
import { givePictures, type Pass } from './sample-frames.ts';
import { handover } from './sample-handover.ts';

/** All of it takes no longer than this, looking at the pictures included. */
const LIMIT_MS = 15 * 60_000;
/** Seconds: up to here a file is read from end to end for its keyframes; a longer one is leapt through. */
const LONG = 240;
/** Seconds after a leap in which a keyframe is sought, and leaps without any after which there are none to be found. */
const REACH = 30;
const IN_VAIN = 3;
/** Fewer keyframes than this, or than one in so many seconds, say little: then all is decoded for more. */
const FEW = 4;
const SPARSE = 12;
/** Pictures that are taken from what is decoded for them. */
const DECODED = 6;
/** Seconds between pictures of a video that does not say how long it is. */
const UNKNOWN_STEP = 1;

/** Keyframes only; a second thread would decode ahead what nobody asked for. */
const KEYFRAMES = ['-skip_frame', 'nokey', '-threads', '1'];

interface Workshop {
  ffmpeg: string;
  log: Log;
}

/** See `MediaTools.sample`. */
export function sample(
  { ffmpeg, log }: Workshop,
  source: RangeSource,
  facts: SourceFacts,
  { count, graph }: SamplesWanted,
  signal: AbortSignal,
): AsyncIterable<SampledFrame> {
  return handover(
    (giveOn, signal) =>
      withInput(source, signal, async (input) => {
        const seen = new Set<number>();
        const give = async (frame: SampledFrame) => {
          if (seen.has(frame.time)) return;
          seen.add(frame.time);
          await giveOn(frame);
        };
        const limit = AbortSignal.timeout(LIMIT_MS);
        const sampling = { ffmpeg, log, facts, input, graph, give, signal, limit };
        if (facts.duration > LONG) {
          for (const [index, pass] of leaps(facts, count).entries()) {
            if (index === IN_VAIN && seen.size === 0) break;
            await givePictures(sampling, pass);
          }
          if (seen.size >= FEW) return;
        }
        await givePictures(sampling, everyKeyframe(facts, count));
        if (seen.size >= Math.max(FEW, facts.duration / SPARSE) || seen.size >= count) return;
        await givePictures(sampling, spread(facts, Math.min(count, DECODED)));
      }),
    signal,
  );
}

/** The keyframes at or before points that are spread evenly, each by a seek of its own. */
function leaps({ duration, start, video }: SourceFacts, count: number): Pass[] {
  return Array.from({ length: count }, (_, index) => {
    const time = ((index + 0.5) * duration) / count + video.start - start;
    return {
      before: [...KEYFRAMES, '-noaccurate_seek', '-ss', time.toFixed(3), '-t', String(REACH)],
      after: ['-frames:v', '1'],
    };
  });
}

/** Keyframes, but no more than are wanted. */
function everyKeyframe(facts: SourceFacts, count: number): Pass {
  return {
    before: KEYFRAMES,
    select: oneEach(facts, count),
    after: ['-frames:v', String(count)],
  };
}

/** Evenly spread pictures, for which everything is decoded but what no other picture needs. */
function spread(facts: SourceFacts, count: number): Pass {
  return {
    before: ['-skip_frame', 'noref'],
    select: oneEach(facts, count),
    after: ['-frames:v', String(count)],
  };
}

/** The first picture that there is in each of so many equal parts of the video. */
function oneEach({ duration, video }: SourceFacts, count: number): string {
  const part = duration > 0 ? duration / count : UNKNOWN_STEP;
  const partOf = (time: string) => `floor((${time}-(${video.start}))/${part.toFixed(6)})`;
  return `select='isnan(prev_selected_t)+gt(${partOf('t')},${partOf('prev_selected_t')})'`;
}
