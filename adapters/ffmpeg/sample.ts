import type { Log } from '../../core/log.ts';
import type { SourceFacts } from '../../core/media.ts';
import type { RangeSource, SampledFrame, SamplesWanted } from '../../core/ports/index.ts';
import { type Input, withInput } from './input.ts';
import { givePictures, type Pass, type Sampling } from './sample-frames.ts';
import { handover } from './sample-handover.ts';
import { keyframesOf, onlyThese } from './sample-keyframes.ts';

/** All of it takes no longer than this, looking at the pictures included. */
const LIMIT_MS = 15 * 60_000;
/**
 * A leap takes what decoding some ten keyframes takes, so a video is leapt through only when it has very many of them: it
 * is longer than this, in seconds, or every picture is one.
 */
const LONG = 20 * 60;
const INTRA_ONLY = new Set([
  ...['prores', 'dnxhd', 'cfhd', 'mjpeg', 'jpeg2000', 'dvvideo'],
  ...['rawvideo', 'v210', 'huffyuv', 'ffvhuff', 'ffv1', 'utvideo', 'lagarith'],
]);
/**
 * Bytes a second from which on it takes less to go from keyframe to keyframe than to read everything; and bytes up to
 * which that goes: what is read for it is cached.
 */
const HEAVY = 1.5 * 1024 ** 2;
const CACHED = 2 * 1024 ** 3;
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
  ffprobe: string;
  log: Log;
}

/** See `MediaTools.sample`. */
export function sample(
  { ffmpeg, ffprobe, log }: Workshop,
  source: RangeSource,
  facts: SourceFacts,
  { count, graph }: SamplesWanted,
  signal: AbortSignal,
): AsyncIterable<SampledFrame> {
  return handover(async (giveOn, signal) => {
    const seen = new Set<number>();
    const give = async (frame: SampledFrame) => {
      if (seen.has(frame.time)) return;
      seen.add(frame.time);
      await giveOn(frame);
    };
    const sampling = { ffmpeg, log, facts, graph, give, signal, limit: AbortSignal.timeout(LIMIT_MS) };
    const isIndexed = facts.container.includes('mp4');
    const briefly = { glimpses: true, passesOver: isIndexed };
    if (facts.duration > LONG || INTRA_ONLY.has(facts.video.codec)) {
      await withInput(source, signal, (input) => leap({ ...sampling, input }, count, seen), briefly);
      if (seen.size >= FEW) return;
    } else if (isIndexed && source.size > HEAVY * facts.duration && source.size <= CACHED) {
      const pick = async (input: Input) => {
        const keyframes = await keyframesOf(ffprobe, input, facts, count, signal);
        if (!areSparse(keyframes.length, facts)) {
          await givePictures({ ...sampling, input }, onlyThese(keyframes, KEYFRAMES));
        }
      };
      await withInput(source, signal, pick, briefly);
    }
    if (areSparse(seen.size, facts)) {
      await withInput(source, signal, (input) => givePictures({ ...sampling, input }, everyKeyframe(facts, count)));
    }
    if (seen.size >= count) return;
    await withInput(source, signal, (input) => fillUp({ ...sampling, input }, count, [...seen]));
  }, signal);
}

/** Looks at keyframes here and there. */
async function leap(sampling: Sampling, count: number, seen: ReadonlySet<number>): Promise<void> {
  for (const [index, pass] of leaps(sampling.facts, count).entries()) {
    if (index === IN_VAIN && seen.size === 0) break;
    await givePictures(sampling, pass);
  }
}

const areSparse = (keyframes: number, { duration }: SourceFacts) => keyframes < 2 || keyframes < duration / SPARSE;

/** Looks at more than the keyframes, where they are few. */
async function fillUp(sampling: Sampling, count: number, keyframes: number[]): Promise<void> {
  const { facts } = sampling;
  if (areSparse(keyframes.length, facts)) {
    await givePictures(sampling, spread(facts, Math.min(count, DECODED)));
  } else if (keyframes.length < FEW) {
    for (const time of keyframes) await givePictures(sampling, following(facts, time, keyframes.length));
  }
}

/** The keyframes at or before points that are spread evenly, each by a seek of its own. */
function leaps({ duration, start, video }: SourceFacts, count: number): Pass[] {
  return Array.from({ length: count }, (_, index) => {
    const time = ((index + 0.5) * duration) / count + video.start - start;
    return {
      before: ['-discard', 'nokey', ...KEYFRAMES, '-noaccurate_seek', '-ss', time.toFixed(3), '-t', String(REACH)],
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
