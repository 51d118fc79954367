import type { Log } from '../../core/log.ts';
import type { MediaTools } from '../../core/ports/index.ts';
import type { SourceLimits } from '../../core/source-limits.ts';
import { fairly } from './check-ffmpeg.ts';
import type { FfmpegPrograms } from './find-ffmpeg.ts';
import { firstFrame } from './first-frame.ts';
import { probe } from './probe.ts';
import { runForOutput } from './run.ts';

/** The tools that look at the start of a file only: all that the metadata function carries. */
export function headerTools({
  ffmpeg,
  ffprobe,
  log,
  limits,
}: FfmpegPrograms & { log: Log; limits?: SourceLimits | undefined }): Pick<MediaTools, 'probe' | 'firstFrame'> {
  const programs = { ffmpeg, ffprobe };
  return {
    probe: async (source, signal) => {
      const found = await fairly(programs, () => probe(ffprobe, source, signal, log, limits));
      const { decoder } = found.facts.video;
      if (decoder && !(await hasDecoder(ffmpeg, decoder, signal))) delete found.facts.video.decoder;
      return found;
    },
    firstFrame: (source, signal) => fairly(programs, () => firstFrame(ffmpeg, source, signal, log)),
  };
}

/** Without it, FFmpeg's own does, and takes all pictures for opaque. */
async function hasDecoder(ffmpeg: string, decoder: string, signal: AbortSignal): Promise<boolean> {
  const args = ['-nostdin', '-hide_banner', '-h', `decoder=${decoder}`];
  const { stdout } = await runForOutput({ program: ffmpeg, args, signal, limit: 1024 * 1024 });
  return stdout.toString().startsWith('Decoder ');
}
