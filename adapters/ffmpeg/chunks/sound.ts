import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TransientError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import type { SourceFacts } from '../../../core/media.ts';
import type { RangeSource } from '../../../core/ports/index.ts';
import type { SourceLimits } from '../../../core/source-limits.ts';
import { cpuOf } from '../cpu-time.ts';
import type { Encoder } from '../encoders.ts';
import type { FfmpegPrograms } from '../find-ffmpeg.ts';
import { heardOf } from '../heard.ts';
import { withInput } from '../input.ts';
import { DAMAGED, isDamaged, UNHEARD } from '../notes.ts';
import { percentMeter, progressReader } from '../progress.ts';
import { run } from '../run.ts';
import { shortage } from '../shortage.ts';
import { trackArguments, tracksOf } from '../tracks.ts';
import { progressWatch } from '../watch.ts';
import { tracksIn, verifySound } from './verify-sound.ts';

export interface SoundJob {
  source: RangeSource;
  facts: SourceFacts;
  encoder: Encoder;
  withoutSubtitles?: boolean;
  scratch: string;
  /** 0 to 100, about twice a second. */
  onProgress(percent: number): void;
  signal: AbortSignal;
  limits?: SourceLimits | undefined;
}

/** Whether there is anything beside the pictures. */
export function hasSound({ sounds, subtitles }: SourceFacts): boolean {
  return sounds.length > 0 || subtitles.length > 0;
}

/**
 * Everything of the output but its pictures: all sound, encoded once and whole, since an encoder of sound needs what
 * came before and what comes next; subtitles and chapters. Its 0 is the output's. Sounds of which nothing comes are not
 * in it; where there are no others, there is no track in it.
 *
 * @throws TransientError `sound_failed`
 */
export function encodeSound(
  programs: FfmpegPrograms,
  { source, facts, encoder, withoutSubtitles = false, scratch, onProgress, signal, limits }: SoundJob,
  log: Log,
): Promise<{ path: string; size: number; cpuSeconds: number; notes?: string[] }> {
  const { ffmpeg, ffprobe } = programs;
  const path = join(scratch, 'sound.mp4');
  return withInput(source, signal, async (input) => {
    const args = [
      ...['-nostdin', '-hide_banner', '-nostats', '-y', '-benchmark', '-progress', 'pipe:1', '-stats_period', '0.5'],
      ...input.args,
      ...['-vn', ...trackArguments({ facts, encoder, audioEncoder: 'aac', withoutSubtitles })],
      ...['-map_metadata:g', '-1', '-map_metadata:s', '-1', '-map_chapters', '0', '-f', 'mp4', `file:${path}`],
    ];
    const watch = progressWatch(signal, limits);
    const percent = percentMeter(facts.duration, onProgress);
    const onStdout = progressReader((progress) => {
      watch.saw(progress);
      percent(progress.seconds, input.reached());
    });
    let whole = false;
    try {
      const ended = await run({ program: ffmpeg, args, cwd: scratch, effort: 'work', signal: watch.signal, onStdout });
      input.blameStorage();
      if (ended.code !== 0) {
        log.info('ffmpeg failed', { code: ended.code, signal: ended.signal, stderr: input.redact(ended.stderr) });
        throw shortage(ended) ?? soundFailed();
      }
      const tracks = tracksOf({ facts, encoder, withoutSubtitles });
      const { sounds } = await tracksIn(ffprobe, path, signal);
      const isUnheard = sounds < tracks.sounds.length;
      if (isUnheard) tracks.sounds = await heardOf(ffmpeg, input, tracks.sounds, signal);
      const verified = await verifySound(programs, path, tracks, signal);
      if (verified.fault) {
        log.warn('the sound is not what was promised', { fault: verified.fault });
        throw soundFailed();
      }
      whole = true;
      const notes = [...(isDamaged(ended.stderr) ? [DAMAGED] : []), ...(isUnheard ? [UNHEARD] : [])];
      const { size } = await stat(path);
      return { path, size, cpuSeconds: cpuOf(ended) + verified.cpuSeconds, ...(notes.length > 0 && { notes }) };
    } finally {
      watch.stop();
      if (!whole) await rm(path, { force: true });
    }
  });
}

function soundFailed(): TransientError {
  return new TransientError('sound_failed', 'The sound could not be encoded.');
}
