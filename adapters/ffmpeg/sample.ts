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
/**
 * Keyframes fewer than this say little: then a few pictures after each are decoded, too. Where they are fewer than one
 * in so many seconds, or there is but one, all is decoded.
 */
const FEW = 3;
const SPARSE = 12;
/** Pictures that are enough, where they have to be decoded for this. */
const DECODED = 6;
/** Those after a keyframe: seconds from it to the first, and from one to the next. */
const AFTER = 0.8;
const STEP = 1;
/** Seconds between pictures of a video that does not say how long it is. */
const UNKNOWN_STEP = 1;

/** Keyframes only; a second thread would decode ahead what nobody asked for. */
const KEYFRAMES = ['-skip_frame', 'nokey', '-threads', '1'];

/** All but what no other picture needs. */
const NEEDED = ['-skip_frame', 'noref'];

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
        const keyframes = [...seen];
        if (keyframes.length >= count) return;
        if (keyframes.length < 2 || keyframes.length < facts.duration / SPARSE) {
          await givePictures(sampling, spread(facts, Math.min(count, DECODED)));
        } else if (keyframes.length < FEW) {
          for (const time of keyframes) await givePictures(sampling, following(facts, time, keyframes.length));
        }
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

/** Some pictures after a keyframe, for which no more is decoded than lies between. */
function following({ start, video }: SourceFacts, keyframe: number, keyframes: number): Pass {
  const count = Math.ceil(DECODED / keyframes) - 1;
  const from = keyframe + AFTER + video.start - start;
  return {
    before: [...NEEDED, '-ss', from.toFixed(3), '-t', String(count * STEP)],
    select: `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${STEP})'`,
    after: ['-frames:v', String(count)],
  };
}

/** Evenly spread pictures, for which everything is decoded but what no other picture needs. */
function spread(facts: SourceFacts, count: number): Pass {
  return {
    before: NEEDED,
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
