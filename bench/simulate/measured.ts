import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Where the figures are that the simulation is calibrated with; whoever measures writes it. */
export const MEASURED = join(import.meta.dirname, 'measured.json');

/** Seconds of a worker that has the machine to itself; `cpu` is user and system time, of its programs too. */
const Seconds = z.strictObject({ wall: z.number().min(0), cpu: z.number().min(0) });

/** A task takes `fixed`, and `each` for each second of video in it. */
const Cost = z.strictObject({
  fixed: Seconds,
  each: Seconds,
  /** By what it was measured, and on what. */
  by: z.string().min(1),
});
export type Cost = z.infer<typeof Cost>;

/**
 * What workers do. `source` is the source for comparing, where browsers play it as it is, and `proxy` where it is encoded
 * anew for them.
 */
export const TASK_KINDS = ['whole', 'plan', 'source', 'proxy', 'sound', 'chunk', 'assemble'] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

const Run = z.strictObject({
  name: z.string().min(1),
  by: z.string().min(1),
  workers: z.int().min(1),
  /** Processors that the workers had together. Less than the machine has, by what others used of them in the meantime. */
  cores: z.number().positive(),
  /** What one of them could have at most, where each was held to a processor of its own. */
  each: z.number().positive().optional(),
  /** Seconds from a worker's task to its next, where that was measured here. */
  hop: z.number().min(0).optional(),
  /** Between the places where its videos can be cut. */
  keyframe_seconds: z.number().positive(),
  videos: z
    .array(
      z.strictObject({
        /** When its task was published, in seconds from the beginning of the run, or from when that one was playable. */
        at: z.number().min(0),
        after: z.int().min(0).optional(),
        /** It came at some time within so many seconds after that. */
        within: z.number().positive().optional(),
        /** Of video. */
        seconds: z.number().positive(),
        /** The chunks that it was to be cut into; 0 for whole. */
        chunk_seconds: z.number().min(0),
        /** From then until it could be played; null where nobody waited for it. */
        playable_after: z.number().positive().nullable(),
      }),
    )
    .min(1),
});
export type Run = z.infer<typeof Run>;

/** Everything that was measured: of one kind of video, at one thread of the encoder. */
export const Measured = z.strictObject({
  v: z.literal(1),
  machine: z.strictObject({ cpu: z.string(), cores: z.int().min(1), ffmpeg: z.string(), node: z.string() }),
  clip: z.strictObject({
    what: z.string(),
    width: z.int(),
    height: z.int(),
    frames_per_second: z.number().positive(),
    source_bytes_per_second: z.number().positive(),
    output_bytes_per_second: z.number().positive(),
  }),
  /** Bytes of the rows in the table: a video's record at the end of its work, and a piece's. */
  rows: z.strictObject({ video_bytes: z.int().positive(), piece_bytes: z.int().positive(), by: z.string().min(1) }),
  /** How much larger the result is than that of work on the whole: a share, by the length of the chunks. */
  growth: z.array(z.strictObject({ chunk_seconds: z.number().positive(), share: z.number(), by: z.string().min(1) })),
  tasks: z.record(z.enum(TASK_KINDS), Cost),
  /** Seconds from the end of a worker's task to its next, while tasks wait. */
  hop: z.strictObject({ seconds: z.number().min(0), by: z.string().min(1) }),
  /** What the simulation has to predict from the above. */
  runs: z.array(Run),
});
export type Measured = z.infer<typeof Measured>;

/** @throws ZodError naming what is wrong in it */
export async function readMeasured(path = MEASURED): Promise<Measured> {
  return Measured.parse(JSON.parse(await readFile(path, 'utf8')));
}
