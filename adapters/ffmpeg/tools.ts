import type { Log } from '../../core/log.ts';
import type { MediaTools } from '../../core/ports/index.ts';
import { cuts } from './cuts.ts';
import { type Encoder, encodersOf } from './encoders.ts';
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
}

/** The media tools on an FFmpeg that is installed on this machine. */
export function ffmpegTools({ ffmpeg, ffprobe, log, encoders }: FfmpegSettings): MediaTools {
  let available: ReadonlySet<string> | undefined;
  return {
    ...headerTools({ ffmpeg, ffprobe, log }),
    sample: (source, facts, wanted, signal) => sample({ ffmpeg, log }, source, facts, wanted, signal),
    cuts: (source, facts, stretch, signal) => cuts({ ffmpeg, log }, source, facts, stretch, signal),
    interlacing: (source, facts, signal) => interlacing({ ffmpeg, log }, source, facts, signal),
    enhance: async (job) => {
      available ??= await encodersOf(ffmpeg, job.signal);
      return enhance({ ffmpeg, ffprobe, log, available, encoders }, job);
    },
    makePlayable: async (job) => {
      available ??= await encodersOf(ffmpeg, job.signal);
      return makePlayable({ ffmpeg, ffprobe, log, available }, job);
    },
    makePoster: async (job) => {
      available ??= await encodersOf(ffmpeg, job.signal);
      return makePoster({ ffmpeg, log, available }, job);
    },
  };
}
