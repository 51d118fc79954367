import { z } from 'zod';
import { PROFILE_NAMES } from '../../core/profiles/names.ts';
import { Spent } from '../../core/spent.ts';
import json from './measured.json' with { type: 'json' };

/** What one video took, as its record says. Sizes are bytes. */
export const MeasuredVideo = z.object({
  seconds: z.number().positive(),
  source_bytes: z.int().positive(),
  enhanced_bytes: z.int().positive(),
  /** The poster, the metadata document, and the source for comparing. */
  beside_bytes: z.int().positive(),
  /** Of FFmpeg. */
  cpu_seconds: z.number().positive(),
  /** Of its record: each wakes the function that tells people. */
  changes: z.int().positive(),
  /** That one client heard of it by WebSocket. */
  notices: z.int().positive(),
  enhancement: Spent,
  extraction: Spent,
});
export type MeasuredVideo = z.infer<typeof MeasuredVideo>;

/** `npm run bench:cost` writes it. */
export const Measured = z.object({
  v: z.literal(1),
  measured_at: z.iso.date(),
  how: z.string(),
  machine: z.object({
    cpu: z.string(),
    cores: z.int(),
    /** What else ran meanwhile: the average number of processes that wanted to, as the system says at the end. */
    load: z.number(),
    ffmpeg: z.string(),
    node: z.string(),
  }),
  picture: z.object({ width: z.int(), height: z.int(), frames_per_second: z.number() }),
  /** A short video, and one that is long enough to be cut. */
  profiles: z.record(z.enum(PROFILE_NAMES), z.object({ short: MeasuredVideo, long: MeasuredVideo })),
});
export type Measured = z.infer<typeof Measured>;

/** @throws ZodError when the file is none of `npm run bench:cost` */
export function readMeasured(): Measured {
  return Measured.parse(json);
}
