import { z } from 'zod';
import { FileId } from './video.ts';

const Histogram = z.array(z.number()).length(256);

/** The document served at `GET /metadata/{file_id}.json`. */
export const MetadataDocument = z.object({
  file_id: FileId,
  filename: z.string(),
  /** The container, as the file's usual extension: `mp4`, `mkv`, `webm`, … */
  format: z.string(),
  /** As displayed, after rotation. */
  resolution: z.object({ width: z.int(), height: z.int() }),
  /** On average. */
  fps: z.number(),
  /** As the container counts them, else by its length. As all numbers here: 0 where the container does not tell. */
  frame_count: z.int(),
  duration_seconds: z.number(),
  file_size_bytes: z.int(),
  bit_rate: z.int(),
  /** Clockwise degrees a player turns the stored picture by: 0, 90, 180 or 270. */
  rotation: z.int(),
  display_aspect_ratio: z.string(),
  hdr: z.enum(['none', 'hdr10', 'hlg', 'dolby_vision']),
  variable_frame_rate: z.boolean(),
  /** Of the track that plays when nobody chooses; `tracks` says how many there are. */
  audio: z
    .object({
      codec: z.string(),
      channels: z.int(),
      channel_layout: z.string().nullable(),
      sample_rate: z.int(),
      /** ISO 639-2. */
      language: z.string().nullable(),
      tracks: z.int(),
    })
    .nullable(),
  /** Of the first frame. Histograms have 256 bins a channel and are L2-normalised; colours are means from 0 to 255. */
  color_profile: z.object({
    histograms: z.object({ b: Histogram, g: Histogram, r: Histogram }),
    average_color: z.object({ b: z.number(), g: z.number(), r: z.number() }),
  }),
  /** ffprobe's own JSON. */
  advanced: z.object({
    format: z.record(z.string(), z.unknown()),
    streams: z.array(z.record(z.string(), z.unknown())),
    chapters: z.array(z.record(z.string(), z.unknown())),
  }),
});
export type MetadataDocument = z.infer<typeof MetadataDocument>;
