import type { Log } from '../../core/log.ts';
import type { MediaTools } from '../../core/ports/index.ts';
import { type Encoder, encodersOf } from './encoders.ts';
import { enhance } from './enhance.ts';
import type { FfmpegPrograms } from './find-ffmpeg.ts';
import { firstFrame } from './first-frame.ts';
import { probe } from './probe.ts';

export interface FfmpegSettings extends FfmpegPrograms {
  log: Log;
  /** The encoders to try, best first, in place of our own list. */
  encoders?: readonly Encoder[];
}

/** The media tools on an FFmpeg that is installed on this machine. */
export function ffmpegTools({ ffmpeg, ffprobe, log, encoders }: FfmpegSettings): MediaTools {
  let available: ReadonlySet<string> | undefined;
  return {
    probe: (source, signal) => probe(ffprobe, source, signal, log),
    firstFrame: (source, signal) => firstFrame(ffmpeg, source, signal, log),
    enhance: async (job) => {
      available ??= await encodersOf(ffmpeg, job.signal);
      return enhance({ ffmpeg, ffprobe, log, available, encoders }, job);
    },
  };
}
