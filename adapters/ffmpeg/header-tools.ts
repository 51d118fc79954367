import type { Log } from '../../core/log.ts';
import type { MediaTools } from '../../core/ports/index.ts';
import type { SourceLimits } from '../../core/source-limits.ts';
import { fairly } from './check-ffmpeg.ts';
import type { FfmpegPrograms } from './find-ffmpeg.ts';
import { firstFrame } from './first-frame.ts';
import { probe } from './probe.ts';

/** The tools that look at the start of a file only: all that the metadata function carries. */
export function headerTools({
  ffmpeg,
  ffprobe,
  log,
  limits,
}: FfmpegPrograms & { log: Log; limits?: SourceLimits | undefined }): Pick<MediaTools, 'probe' | 'firstFrame'> {
  const programs = { ffmpeg, ffprobe };
  return {
    probe: (source, signal) => fairly(programs, () => probe(ffprobe, source, signal, log, limits)),
    firstFrame: (source, signal) => fairly(programs, () => firstFrame(ffmpeg, source, signal, log)),
  };
}
