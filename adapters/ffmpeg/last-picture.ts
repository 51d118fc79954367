import { rename, rm } from 'node:fs/promises';
import { ReelightError } from '../../core/errors.ts';
import type { SourceFacts } from '../../core/media.ts';
import type { Ending, RangeSource } from '../../core/ports/index.ts';
import { OUTPUT_TICKS } from '../../core/timeline.ts';
import { boundsOf } from './bounds.ts';
import { cpuOf } from './cpu-time.ts';
import { type Input, withInput } from './input.ts';
import { isWholeMatroska } from './matroska-end.ts';
import { type Ended, OutputTooLarge, run, runForOutput } from './run.ts';

/*
 * The last picture of a recorded screen, or of an animation, is often shown for seconds, and FFmpeg 5 forgets that: its
 * encoders do not carry on how long a picture lasts, and the muxer has no next one to tell it by.
 */

/** Seconds: nobody misses a last picture that is shown shorter by less. */
export const NOTICEABLE = 0.5;

/** Of the length: what a header may be off by. */
const NEGLIGIBLE = 0.01;

const LARGEST_ANSWER = 4 * 1024 * 1024;
/** What a program is ended for that goes beyond its bounds. */
const TOO_MUCH = new Set(['took_too_long', 'too_costly']);

/** The picture of a track that is shown last. In seconds, by the container's own clock. */
export interface LastPicture {
  at: number;
  /** How long it is shown; 0 where the container does not say. */
  lasts: number;
}

/**
 * Asks a file for its last picture, from a keyframe shortly before `near` on.
 *
 * @param args the file, as FFmpeg takes it
 * @param near when that is about, by the container's clock; where there is nothing so late, it is looked for from the start
 * @param bounds of looking
 * @returns undefined where it cannot be found, or that takes too much
 */
export async function lastPicture(
  ffprobe: string,
  { args, index }: { args: string[]; index: number },
  near: number,
  signal: AbortSignal,
  bounds = boundsOf('look'),
): Promise<LastPicture | undefined> {
  const shown = ['-select_streams', String(index), '-show_entries', 'packet=pts_time,duration_time', '-of', 'csv=p=0'];
  const all = ['-v', 'error', ...shown, '-read_intervals', `${near.toFixed(3)}%`, ...args];
  try {
    const { stdout } = await runForOutput({ program: ffprobe, args: all, bounds, signal, limit: LARGEST_ANSWER });
    const pictures = stdout
      .toString('latin1')
      .split('\n')
      .map((line) => line.split(',').map(Number.parseFloat))
      .flatMap(([at = Number.NaN, lasts = 0]) => (Number.isFinite(at) ? [{ at, lasts: lasts > 0 ? lasts : 0 }] : []));
    return pictures.reduce<LastPicture | undefined>(
      (last, each) => (last && last.at > each.at ? last : each),
      undefined,
    );
  } catch (error) {
    signal.throwIfAborted();
    // Keyframes may lie hours apart: then it is not worth what it takes.
    const isLong = error instanceof ReelightError && TOO_MUCH.has(error.code);
    if (error instanceof OutputTooLarge || isLong) return undefined;
    throw error;
  }
}

/** Containers that say how long each picture is shown. */
const TELL = ['mov', 'matroska', 'gif'];

/** Seconds by which a video of this length may end before its header says so. */
export function leeway(duration: number): number {
  return Math.max(NOTICEABLE, duration * NEGLIGIBLE);
}

/** How a source ends, in seconds by the output's clock: when its last picture comes, and when that ends. */
interface End {
  last: number;
  ends: number;
  /** Nothing was cut off after it. */
  isWhole: boolean;
}

async function endOf(
  ffprobe: string,
  { facts, source, input }: { facts: SourceFacts; source: RangeSource; input: Input },
  signal: AbortSignal,
): Promise<End | undefined> {
  const { container, duration, start, video, sounds } = facts;
  const end = video.start + duration;
  const last = await lastPicture(ffprobe, { args: input.args, index: video.index }, end, signal);
  input.blameStorage();
  if (!last) return undefined;
  const rest = end - last.at;
  const says = last.lasts >= rest - leeway(duration);
  // What is copied into Matroska often says by its whole length only how long its last picture lasts; with sound, that is
  // the length of whatever is the longest.
  const isWhole = says || (container.startsWith('matroska') && (await isWholeMatroska(source, signal)));
  const lasts = isWhole && !says && sounds.length === 0 ? rest : Math.min(last.lasts, rest);
  return { last: last.at - start, ends: last.at - start + lasts, isWhole };
}

/**
 * Whether a file that we wrote ends with the last picture of its source, and until when that is to be shown, if that is
 * noticeably longer than it is. Asks only where the source says that it is longer.
 *
 * @returns `isAll`: there is no more in the source. `until`: in seconds, by the output's clock
 */
export async function compareEnds(
  ffprobe: string,
  { facts, source, input, path }: { facts: SourceFacts; source: RangeSource; input: Input; path: string },
  pictureSeconds: number,
  signal: AbortSignal,
): Promise<{ isAll: boolean; until?: number }> {
  const { container, duration, start, video } = facts;
  const tells = TELL.some((name) => container.split(',').includes(name));
  if (!tells || duration - pictureSeconds <= NOTICEABLE) return { isAll: false };
  const there = await endOf(ffprobe, { facts, source, input }, signal);
  const own = ['-protocol_whitelist', 'file', '-i', `file:${path}`];
  const here = await lastPicture(ffprobe, { args: own, index: 0 }, pictureSeconds, signal);
  if (!there || !here || Math.abs(there.last - here.at) > NOTICEABLE) return { isAll: false };
  const until = here.at + there.ends - there.last;
  const ends = video.start - start + pictureSeconds;
  return { isAll: there.isWhole, ...(until > ends + NOTICEABLE && { until }) };
}

/**
 * How a source ends that says where each of its pictures is; undefined where it ends before its header says so, as what
 * was cut off does, or that cannot be told.
 */
export function endingOf(
  ffprobe: string,
  { source, facts, signal }: { source: RangeSource; facts: SourceFacts; signal: AbortSignal },
): Promise<Ending | undefined> {
  const look = async (input: Input) => {
    const end = await endOf(ffprobe, { facts, source, input }, signal);
    if (!end?.isWhole) return undefined;
    const { last, ends } = end;
    return { last, until: ends - last > NOTICEABLE ? ends : null };
  };
  return withInput(source, signal, look, { glimpses: true, duration: facts.duration });
}

/**
 * An option of the bitstream filter `setts`, for files with our own clock: the last of so many pictures, in the order of
 * decoding, ends then.
 *
 * @param end seconds, by the output's clock
 */
export function endingAt(end: number, pictures: number): string {
  return `duration='if(eq(N,${pictures - 1}),max(DURATION,${Math.round(end * OUTPUT_TICKS)}-PTS),DURATION)'`;
}

/**
 * Makes an MP4 that we wrote show its last picture until then. Nothing is encoded, and no other time changes.
 *
 * @param end seconds, by the file's own clock
 */
export async function holdLast(
  ffmpeg: string,
  path: string,
  { end, pictures }: { end: number; pictures: number },
  signal: AbortSignal,
): Promise<Ended & { cpuSeconds: number }> {
  const held = `${path}.held`;
  const args = [
    ...['-nostdin', '-hide_banner', '-nostats', '-y', '-benchmark', '-copyts'],
    ...['-protocol_whitelist', 'file', '-i', `file:${path}`, '-c', 'copy'],
    ...['-map', '0:v', '-map', '0:a?', '-map', '0:s?'],
    ...['-bsf:v', `setts=pts=PTS:dts=DTS:${endingAt(end, pictures)}`, '-video_track_timescale', String(OUTPUT_TICKS)],
    ...['-movflags', '+faststart', '-f', 'mp4', `file:${held}`],
  ];
  try {
    const ended = await run({ program: ffmpeg, args, effort: 'work', signal });
    if (ended.code === 0) await rename(held, path);
    return { ...ended, cpuSeconds: cpuOf(ended) };
  } finally {
    await rm(held, { force: true });
  }
}
