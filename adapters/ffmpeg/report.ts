import { z } from 'zod';

/** The part of ffprobe's JSON that decisions hang on; the rest passes through as it is. */
const Stream = z.looseObject({
  index: z.int(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  codec_tag_string: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  channels: z.int().optional(),
  color_space: z.string().optional(),
  color_primaries: z.string().optional(),
  color_transfer: z.string().optional(),
  color_range: z.string().optional(),
  duration: z.string().optional(),
  nb_frames: z.string().optional(),
  disposition: z.record(z.string(), z.number()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
});
export type Stream = z.infer<typeof Stream>;

const Chapter = z.looseObject({});

/** What `ffprobe -of json -show_error -show_format -show_streams -show_chapters` prints. */
export const Report = z.object({
  error: z.object({ code: z.number(), string: z.string() }).optional(),
  format: z.looseObject({ duration: z.string().optional() }).optional(),
  streams: z.array(Stream).default([]),
  chapters: z.array(Chapter).default([]),
});
export type Report = z.infer<typeof Report>;

/** Seconds, where the container or the stream's own tag (Matroska) tells. */
export function durationOf(stream: Stream): number | undefined {
  return seconds(stream.duration) ?? clock(stream.tags?.DURATION);
}

/** A positive number of seconds as ffprobe writes it. */
export function seconds(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** `00:01:02.500000000` in seconds. */
function clock(text: string | undefined): number | undefined {
  const [, h, m, s] = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '') ?? [];
  return h && m && s ? Number(h) * 3600 + Number(m) * 60 + Number(s) || undefined : undefined;
}
