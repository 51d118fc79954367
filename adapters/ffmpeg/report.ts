import { isUtf8 } from 'node:buffer';
import { z } from 'zod';

/** What accompanies a stream or a frame: each kind has its own fields. */
export const SideData = z.looseObject({
  side_data_type: z.string().optional(),
  displaymatrix: z.string().optional(),
  dv_profile: z.number().optional(),
  dv_bl_signal_compatibility_id: z.number().optional(),
  max_content: z.number().optional(),
  max_average: z.number().optional(),
  max_luminance: z.string().optional(),
  min_luminance: z.string().optional(),
  red_x: z.string().optional(),
  red_y: z.string().optional(),
  green_x: z.string().optional(),
  green_y: z.string().optional(),
  blue_x: z.string().optional(),
  blue_y: z.string().optional(),
  white_point_x: z.string().optional(),
  white_point_y: z.string().optional(),
});
export type SideData = z.infer<typeof SideData>;

/** The part of ffprobe's JSON that decisions hang on; the rest passes through as it is. */
const Stream = z.looseObject({
  index: z.int(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  codec_tag_string: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  channels: z.int().optional(),
  sample_fmt: z.string().optional(),
  color_space: z.string().optional(),
  color_primaries: z.string().optional(),
  color_transfer: z.string().optional(),
  color_range: z.string().optional(),
  pix_fmt: z.string().optional(),
  field_order: z.string().optional(),
  has_b_frames: z.int().optional(),
  sample_aspect_ratio: z.string().optional(),
  r_frame_rate: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  time_base: z.string().optional(),
  start_time: z.string().optional(),
  side_data_list: z.array(SideData).default([]),
  duration: z.string().optional(),
  nb_frames: z.string().optional(),
  disposition: z.record(z.string(), z.number()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
});
export type Stream = z.infer<typeof Stream>;

const Format = z.looseObject({
  format_name: z.string().optional(),
  start_time: z.string().optional(),
  duration: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
});

const Chapter = z.looseObject({});

/** What `ffprobe -of json -show_error -show_format -show_streams -show_chapters` prints. */
export const Report = z.object({
  error: z.object({ code: z.number(), string: z.string() }).optional(),
  format: Format.optional(),
  streams: z.array(Stream).default([]),
  chapters: z.array(Chapter).default([]),
});
export type Report = z.infer<typeof Report>;

/** What `ffprobe -of json -show_frames` prints. */
export const Frames = z.object({
  frames: z.array(z.looseObject({ side_data_list: z.array(SideData).default([]) })).default([]),
});

/** What ffprobe said of a file; undefined where it is no such report. */
export function readReport(stdout: Buffer): Report | undefined {
  return Report.safeParse(readJson(stdout)).data;
}

/**
 * Undefined where it is none, as of a program that was ended half-way. Where somebody wrote a title in the letters of an
 * older Windows, as in many an AVI, that one string is read so, and every other as what it is.
 */
export function readJson(stdout: Buffer): unknown {
  try {
    return isUtf8(stdout) ? JSON.parse(stdout.toString()) : JSON.parse(stdout.toString('latin1'), lettersOf);
  } catch {
    return undefined;
  }
}

const OLDER = new TextDecoder('windows-1252');

/** A value whose bytes were each taken for a letter. */
function lettersOf(_: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : OLDER.decode(bytes);
}

/** Seconds, where the container or the stream's own tag (Matroska) tells. */
export function durationOf(stream: Stream): number | undefined {
  return seconds(stream.duration) ?? clock(stream.tags?.DURATION);
}

/**
 * How long a file that we wrote is, in seconds, and its pictures alone: without subtitles and chapters, which may go on
 * where there is nothing to see or to hear any more.
 */
export function lengthsOf({ streams, format }: Report): { durationSeconds: number; pictureSeconds: number } {
  const tracks = streams.filter(({ codec_type }) => codec_type === 'video' || codec_type === 'audio');
  // One may begin later than the other.
  const ends = tracks.map(({ start_time, duration }) => (time(start_time) ?? 0) + (seconds(duration) ?? 0));
  const pictures = tracks.find(({ codec_type }) => codec_type === 'video');
  const last = Math.round(Math.max(0, ...ends) * 1e6) / 1e6;
  return {
    durationSeconds: last || (seconds(format?.duration) ?? 0),
    pictureSeconds: seconds(pictures?.duration) ?? 0,
  };
}

/** A positive number of seconds as ffprobe writes it. */
export function seconds(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Seconds as ffprobe writes them, of any sign; null where it has none (`N/A`). */
export function time(text: string | undefined): number | null {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** `30000/1001` or `4:3` as its two numbers, where both are positive. */
export function ratio(text: string | undefined): { num: number; den: number } | null {
  const [, num, den] = /^(\d+)[/:](\d+)$/.exec(text ?? '') ?? [];
  return Number(num) > 0 && Number(den) > 0 ? { num: Number(num), den: Number(den) } : null;
}

/** `00:01:02.500000000` in seconds. */
function clock(text: string | undefined): number | undefined {
  const [, h, m, s] = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '') ?? [];
  return h && m && s ? Number(h) * 3600 + Number(m) * 60 + Number(s) || undefined : undefined;
}
