import { z } from 'zod';
import type { SourceFacts } from '../../core/media.ts';
import type { Input } from './input.ts';
import { runForOutput } from './run.ts';
import type { Pass } from './sample-frames.ts';

/** A keyframe of which it is known where it lies. */
export interface Keyframe {
  /** When it is shown, in the container's own seconds. */
  time: number;
  /** In the file, in bytes. */
  position: number;
}

const LARGEST_ANSWER = 1024 * 1024;
const Answer = z.object({
  packets: z.array(
    z.object({ pts_time: z.coerce.number().optional(), pos: z.coerce.number().optional(), flags: z.string() }),
  ),
});

/**
 * The last keyframe of each of so many equal parts of the video, or the one before it, by seeks: their pictures are not
 * decoded, and nothing else is read.
 */
export async function keyframesOf(
  ffprobe: string,
  input: Input,
  { duration, video }: SourceFacts,
  count: number,
  signal: AbortSignal,
): Promise<Keyframe[]> {
  const places = Array.from({ length: count }, (_, index) => video.start + ((index + 0.9) * duration) / count);
  const args = [
    ...['-v', 'error', '-select_streams', String(video.index)],
    ...['-read_intervals', places.map((time) => `${time.toFixed(3)}%+#1`).join(',')],
    ...['-show_entries', 'packet=pts_time,pos,flags', '-of', 'json=c=1', ...input.args],
  ];
  const ended = await runForOutput({ program: ffprobe, args, effort: 'work', signal, limit: LARGEST_ANSWER });
  input.blameStorage();
  const answer = ended.code === 0 ? Answer.safeParse(JSON.parse(ended.stdout.toString())) : undefined;
  const keyframes = (answer?.data?.packets ?? []).flatMap(({ pts_time, pos, flags }) =>
    pts_time !== undefined && pos !== undefined && flags.startsWith('K') ? [{ time: pts_time, position: pos }] : [],
  );
  return [...new Map(keyframes.map((keyframe) => [keyframe.position, keyframe])).values()];
}

/** Bytes by which a position may be off, as filters see it: less than a picture has that is worth passing over. */
const ABOUT = 4096;

/**
 * Those keyframes, and all others passed over: FFmpeg then tells wrong times (its `mov` demuxer counts on only with what
 * it gives out), so that it is their positions that they are known by.
 */
export function onlyThese(keyframes: readonly Keyframe[], decoding: readonly string[]): Pass {
  const chosen = keyframes.map(({ position }) => `lt(abs(pos-${position}),${ABOUT})`).join('+');
  return {
    before: ['-discard', 'nokey', ...decoding],
    select: `select='${chosen}',settb=1/1000000,setpts=POS`,
    after: ['-frames:v', String(keyframes.length)],
    timeOf: (clock) => keyframes.find(({ position }) => Math.abs(position - clock) < ABOUT)?.time ?? Number.NaN,
  };
}
