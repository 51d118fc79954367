import type { Ratio } from './media.ts';

/** About so many seconds of video are one chunk. */
export const CHUNK_SECONDS = 10;
/** A chunk is never shorter: each one costs a picture that stands alone, and the start of two programs. */
export const SHORTEST_SECONDS = 3;
/** Up to here, cutting gains nothing. */
export const WHOLE_SECONDS = 20;
/** Ticks a second of all time stamps that we write. */
export const OUTPUT_TICKS = 120_000;

/** Where a source can be cut. Times are in ticks of its own time base, as the container has them. */
export interface Joint {
  /** The picture that decoding begins with: it stands alone, and so does all that is shown after it. */
  keyframe: number;
  /** The first picture of what comes after the joint: as long after the keyframe as the filters look back. */
  start: number;
  /** Where the keyframe lies in the file, in bytes. */
  position: number;
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
  /** The bytes in which its pictures lie, give or take a few pictures; null to the end of the file. */
  bytes: { from: number; to: number | null };
}

export interface Sights {
  timeBase: Ratio;
  origin: number;
  first: number;
  /** Of the video, in seconds, as the header tells; 0 where it does not. */
  duration: number;
  /** In any order, more or fewer than are needed. */
  joints: readonly Joint[];
}

/**
 * Chunks of about ten seconds, as near to it as the joints allow, that hold every picture once and in order, whatever the
 * joints, the start and the rate are: a chunk is defined by where the next one begins, and both ends are open, so that a
 * header which lies about the duration loses nothing.
 *
 * @param aim seconds
 */
export function planTimeline({ joints, duration, ...clock }: Sights, aim = CHUNK_SECONDS): Timeline {
  const ticks = (seconds: number) => (seconds * clock.timeBase.den) / clock.timeBase.num;
  const end = clock.first + ticks(duration);
  const chosen: Joint[] = [];
  if (duration > WHOLE_SECONDS) {
    const usable = joints
      .filter(({ keyframe, start }) => keyframe > clock.first && keyframe <= start)
      .filter(({ start }) => start <= end - ticks(SHORTEST_SECONDS))
      .toSorted((a, b) => a.start - b.start);
    for (let from = clock.first; ; from = chosen.at(-1)?.start ?? from) {
      const off = (start: number) => Math.abs(start - from - ticks(aim));
      const next = usable
        .filter(({ start }) => start >= from + ticks(SHORTEST_SECONDS))
        .reduce<Joint | undefined>(
          (best, joint) => (best && off(best.start) <= off(joint.start) ? best : joint),
          undefined,
        );
      if (!next || off(end) <= off(next.start)) break;
      chosen.push(next);
    }
  }
  return { ...clock, chunks: between(chosen) };
}

function between(joints: readonly Joint[]): Chunk[] {
  return [undefined, ...joints].map((joint, index) => {
    const next = joints[index];
    return {
      index,
      start: joint?.start ?? null,
      end: next?.start ?? null,
      seek: joint?.seek ?? null,
      bytes: { from: joint?.position ?? 0, to: next?.position ?? null },
    };
  });
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
