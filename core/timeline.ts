import type { FrameMeasures } from './measures.ts';
import type { Ratio } from './media.ts';
import { goesOn, lasting, stillness } from './timeline-scenes.ts';

/** About so many seconds of video are one chunk. */
export const CHUNK_SECONDS = 10;
/** A chunk is never shorter: each one costs a picture that stands alone, and the start of two programs. */
export const SHORTEST_SECONDS = 3;
/** Up to here, cutting gains nothing. */
export const WHOLE_SECONDS = 20;
/** What a joint may cost, as a share of the chunk before it: above, the chunk is twice as long, or about. */
const MOST_COST = 0.015;
const LONG = 2;
/** Pictures that a decoder takes in before it gives out the first of them. */
const HELD_BACK = 5;
/** Where nothing tells whether a scene goes on, both mistakes are halved. */
const UNTOLD = 0.5;
/** Ticks a second of all time stamps that we write. */
export const OUTPUT_TICKS = 120_000;

/** Where a source can be cut. Times are in ticks of its own time base, as the container has them. */
export interface Joint {
  /** The picture that decoding begins with: it stands alone, and so does all that is shown after it. */
  keyframe: number;
  /** The first picture of what comes after the joint: as long after the keyframe as the filters look back. */
  start: number;
  /** Where the keyframe lies in the file, and how long it is, in bytes. */
  position: number;
  size: number;
  /** What makes FFmpeg begin there, in the container's own seconds. */
  seek: number;
}

/** A video as the pieces that it is worked on in. All of them follow from it, and nothing else, to the last bit. */
export interface Timeline {
  /** Of the source's video stream, in seconds a tick. */
  timeBase: Ratio;
  /** What is 0 in the output, and to the filters. */
  origin: number;
  /** The first picture that is shown. */
  first: number;
  /** At least one. Each begins where the one before it ends. */
  chunks: Chunk[];
}

/** The pictures from `start` on and before `end`; null where the video begins and ends. */
export interface Chunk {
  index: number;
  start: number | null;
  end: number | null;
  /** What makes decoding begin with the joint's keyframe, in the container's own seconds; null for the file's beginning. */
  seek: number | null;
  /** The bytes that a decoder reads until it has seen that there are no more of its pictures; null to the end of the file. */
  bytes: { from: number; to: number | null };
  /**
   * How much its last pictures would have been worth for what comes after them, if all had been encoded in one: from 0,
   * where nothing or another scene follows, to 1, in the middle of a quiet one.
   */
  onward: number;
  /**
   * Where another scene may begin just before its end: with which picture, in ticks of the source, and how much that would
   * have been worth for the rest of the scene, from 0 to 1.
   */
  cut: { start: number; worth: number } | null;
}

export interface Sights {
  timeBase: Ratio;
  origin: number;
  first: number;
  /** Of the video, in seconds, as the header tells; 0 where it does not. */
  duration: number;
  /** Pictures a second, about; 0 where unknown. */
  frameRate: number;
  /** In any order, more or fewer than are needed. */
  joints: readonly Joint[];
}

/** How it is to be cut. */
export interface Cut {
  /** Seconds that a chunk is to last, about. */
  aim?: number;
  /** What is known of what it shows, in the order of time. */
  samples?: readonly FrameMeasures[];
}

/**
 * Chunks of about ten seconds, as near to it as the joints allow, that hold every picture once and in order, whatever the
 * joints, the start and the rate are: a chunk is defined by where the next one begins, and both ends are open, so that a
 * header which lies about the duration loses nothing.
 */
export function planTimeline(sights: Sights, { aim = CHUNK_SECONDS, samples = [] }: Cut = {}): Timeline {
  const { joints, duration, frameRate, ...clock } = sights;
  const ticks = (seconds: number) => (seconds * clock.timeBase.den) / clock.timeBase.num;
  const end = clock.first + ticks(duration);
  const ends = endsOf(sights, samples);
  const chosen: Joint[] = [];
  if (duration > WHOLE_SECONDS) {
    const usable = joints
      .filter(({ keyframe, start }) => keyframe > clock.first && keyframe <= start)
      .filter(({ start }) => start <= end - ticks(SHORTEST_SECONDS))
      .toSorted((a, b) => a.start - b.start);
    for (let last: Joint | undefined; ; last = chosen.at(-1)) {
      const from = last?.start ?? clock.first;
      const off = (start: number) => Math.abs(start - from - ticks(aim));
      const next = usable
        .filter(({ start }) => start >= from + ticks(SHORTEST_SECONDS))
        .filter((joint) => joint.start >= from + ticks(LONG * aim) || ends(last, joint).cost <= MOST_COST)
        .reduce<Joint | undefined>(
          (best, joint) => (best && off(best.start) <= off(joint.start) ? best : joint),
          undefined,
        );
      if (!next || off(end) <= off(next.start)) break;
      chosen.push(next);
    }
  }
  const chunks = [undefined, ...chosen].map((joint, index) => {
    const next = chosen[index];
    const known = next && ends(joint, next);
    return {
      index,
      start: joint?.start ?? null,
      end: next?.start ?? null,
      seek: joint?.seek ?? null,
      bytes: { from: joint?.position ?? 0, to: known?.byte ?? null },
      onward: known?.onward ?? 0,
      cut: known?.cut ?? null,
    };
  });
  return { ...clock, chunks };
}

/** What is known of a chunk's end, by the joints that it lies between. */
function endsOf({ timeBase, first, frameRate }: Sights, samples: readonly FrameMeasures[]) {
  const seconds = (ticks: number) => (ticks * timeBase.num) / timeBase.den;
  return (from: Joint | undefined, to: Joint) => {
    const picturesIn = (ticks: number) => seconds(ticks) * frameRate;
    const pictures = picturesIn(to.keyframe - (from?.keyframe ?? first));
    const bytes = to.position - (from?.position ?? 0);
    const share = to.size / bytes;
    // Filters look ahead as far as they look back.
    const behind = HELD_BACK + 2 * picturesIn(to.start - to.keyframe);
    const same = goesOn(samples, seconds(to.start - first));
    const isLate = to.start > to.keyframe;
    return {
      byte: to.position + to.size + (pictures > 0 ? Math.ceil((behind * bytes) / pictures) : 0),
      onward: (same ? 1 : same === undefined ? UNTOLD : 0) * stillness(share * pictures),
      // Where nobody looked, a keyframe is more often a cut than not, and little is lost where it is none.
      cut: isLate && same !== true ? { start: to.keyframe, worth: lasting(share * pictures) } : null,
      // A joint that is a cut itself costs nothing; just after one, a picture more has to stand alone.
      cost: isLate && same === false ? share : 0,
    };
  };
}

/**
 * When a picture is shown in the output, in its ticks: to the nearest, and away from 0 half-way, as FFmpeg's own
 * `av_rescale_q` rounds, so that both come to the same.
 */
export function outputTicks({ timeBase, origin }: Pick<Timeline, 'timeBase' | 'origin'>, pts: number): number {
  const scaled = BigInt(pts - origin) * BigInt(timeBase.num) * BigInt(OUTPUT_TICKS) * 2n;
  const den = BigInt(timeBase.den) * 2n;
  const half = BigInt(timeBase.den);
  return Number(scaled < 0n ? -((-scaled + half) / den) : (scaled + half) / den);
}
