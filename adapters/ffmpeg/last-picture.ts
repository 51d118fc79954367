import { rename, rm } from 'node:fs/promises';
import type { SourceFacts } from '../../core/media.ts';
import type { Ending, RangeSource } from '../../core/ports/index.ts';
import { OUTPUT_TICKS } from '../../core/timeline.ts';
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
export const NEGLIGIBLE = 0.01;

const LARGEST_ANSWER = 4 * 1024 * 1024;

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
 * @returns undefined where it cannot be found
 */
export async function lastPicture(
  ffprobe: string,
  { args, index }: { args: string[]; index: number },
  near: number,
  signal: AbortSignal,
): Promise<LastPicture | undefined> {
  const shown = ['-select_streams', String(index), '-show_entries', 'packet=pts_time,duration_time', '-of', 'csv=p=0'];
  const all = ['-v', 'error', ...shown, '-read_intervals', `${near.toFixed(3)}%`, ...args];
  try {
    const { stdout } = await runForOutput({ program: ffprobe, args: all, signal, limit: LARGEST_ANSWER });
    const pictures = stdout
      .toString('latin1')
      .split('\n')
      .map((line) => line.split(',').map(Number))
      .flatMap(([at = Number.NaN, lasts = 0]) => (Number.isFinite(at) ? [{ at, lasts: lasts > 0 ? lasts : 0 }] : []));
    return pictures.reduce<LastPicture | undefined>(
      (last, each) => (last && last.at > each.at ? last : each),
      undefined,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OutputTooLarge) return undefined;
    throw error;
  }
}

/** Containers that say how long each picture is shown. */
const TELL = ['mov', 'matroska', 'gif'];

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
  const end = video.start + duration;
  const there = await lastPicture(ffprobe, { args: input.args, index: video.index }, end, signal);
  input.blameStorage();
  const own = ['-protocol_whitelist', 'file', '-i', `file:${path}`];
  const here = await lastPicture(ffprobe, { args: own, index: 0 }, pictureSeconds, signal);
  if (!there || !here || Math.abs(there.at - start - here.at) > NOTICEABLE) return { isAll: false };
  const rest = end - there.at;
  // What is copied into Matroska often says by its whole length only how long its last picture lasts.
  const isWhole = container.startsWith('matroska') && (await isWholeMatroska(source, signal));
  const lasts = isWhole && facts.sounds.length === 0 ? rest : Math.min(there.lasts, rest);
  const until = here.at + lasts;
  const ends = video.start - start + pictureSeconds;
  return { isAll: isWhole || there.lasts >= rest - NOTICEABLE, ...(until > ends + NOTICEABLE && { until }) };
}

/**
 * How a source ends that says where each of its pictures is; undefined where it ends before its header says so, as what
 * was cut off does, or that cannot be told.
 */
export function endingOf(
  ffprobe: string,
  { source, facts, signal }: { source: RangeSource; facts: SourceFacts; signal: AbortSignal },
): Promise<Ending | undefined> {
  const { container, duration, start, video } = facts;
  const end = video.start + duration;
  const look = async (input: Input) => {
    const last = await lastPicture(ffprobe, { args: input.args, index: video.index }, end, signal);
    input.blameStorage();
    if (!last) return undefined;
    const rest = end - last.at;
    const isWhole = last.lasts >= rest - Math.max(NOTICEABLE, duration * NEGLIGIBLE);
    // In Matroska, the length is that of whatever is the longest.
    if (!isWhole && !(container.startsWith('matroska') && (await isWholeMatroska(source, signal)))) return undefined;
    const lasts = Math.min(isWhole || facts.sounds.length > 0 ? last.lasts : rest, rest);
    return { last: last.at - start, until: lasts > NOTICEABLE ? last.at - start + lasts : null };
  };
  return withInput(source, signal, look, { glimpses: true, duration });
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
    ...[
      '-protocol_whitelist',
      'file',
      '-i',
      `file:${path}`,
      '-map',
      '0:v',
      '-map',
      '0:a?',
      '-map',
      '0:s?',
      '-c',
      'copy',
    ],
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
