import { availableParallelism } from 'node:os';
import type { Log } from '../../core/log.ts';
import type { MediaTools } from '../../core/ports/index.ts';
import type { SourceLimits } from '../../core/source-limits.ts';
import { fairly } from './check-ffmpeg.ts';
import { chunkTools } from './chunks/workshop.ts';
import { cuts } from './cuts.ts';
import { type Encoder, inventoryOf } from './encoders.ts';
import { enhance } from './enhance.ts';
import type { FfmpegPrograms } from './find-ffmpeg.ts';
import { headerTools } from './header-tools.ts';
import { interlacing } from './interlacing.ts';
import { makePoster } from './poster.ts';
import { makePlayable } from './proxy.ts';
import { sample } from './sample.ts';

export interface FfmpegSettings extends FfmpegPrograms {
  log: Log;
  /** The encoders to try, best first, in place of our own list. */
  encoders?: readonly Encoder[];
  /** Of the encoder, where a video is cut: they are a part of the plan. As many as processors unless said. */
  threads?: number;
  /** What a video may be. */
  limits?: SourceLimits | undefined;
}

/** The media tools on an FFmpeg that is installed on this machine. */
export function ffmpegTools({
  ffmpeg,
  ffprobe,
  log,
  encoders,
  threads = availableParallelism(),
  limits,
}: FfmpegSettings): MediaTools {
  let known: Awaited<ReturnType<typeof inventoryOf>> | undefined;
  const inventory = async (signal: AbortSignal) => {
    known ??= await inventoryOf(ffmpeg, signal);
    return known;
  };
  return {
    ...headerTools({ ffmpeg, ffprobe, log, limits }),
    ...chunkTools({ ffmpeg, ffprobe, log, inventory, encoders, threads, limits }),
    sample: (source, facts, wanted, signal) => sample({ ffmpeg, ffprobe, log }, source, facts, wanted, signal),
    cuts: (source, facts, stretch, signal) => cuts({ ffmpeg, log }, source, facts, stretch, signal),
    interlacing: (source, facts, signal) => interlacing({ ffmpeg, log }, source, facts, signal),
    enhance: async (job) => {
      const { available } = await inventory(job.signal);
      return fairly({ ffmpeg, ffprobe }, () => enhance({ ffmpeg, ffprobe, log, available, encoders, limits }, job));
    },
    makePlayable: async (job) => {
      const { available } = await inventory(job.signal);
      return fairly({ ffmpeg, ffprobe }, () => makePlayable({ ffmpeg, ffprobe, log, available, limits }, job));
    },
    makePoster: async (job) => {
      const { available } = await inventory(job.signal);
      return makePoster({ ffmpeg, log, available }, job);
    },
  };
}
