import type { Log } from '../../core/log.ts';
import type { MediaTools } from '../../core/ports/index.ts';
import type { FfmpegPrograms } from './find-ffmpeg.ts';
import { firstFrame } from './first-frame.ts';
import { probe } from './probe.ts';

/** The tools that look at the start of a file only: all that the metadata function carries. */
export function headerTools({
  ffmpeg,
  ffprobe,
  log,
}: FfmpegPrograms & { log: Log }): Pick<MediaTools, 'probe' | 'firstFrame'> {
  return {
    probe: (source, signal) => probe(ffprobe, source, signal, log),
    firstFrame: (source, signal) => firstFrame(ffmpeg, source, signal, log),
  };
}
