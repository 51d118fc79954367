import type { SourceFacts } from '../../../core/media.ts';
import { cpuOf } from '../cpu-time.ts';
import type { FfmpegPrograms } from '../find-ffmpeg.ts';
import { probeOwn } from '../probe.ts';
import { run } from '../run.ts';
import { decodeCommand } from '../verify.ts';

/** How many tracks of each kind a file has; none where there is nothing in it at all, which is no file to ffprobe. */
export async function tracksIn(ffprobe: string, path: string, signal: AbortSignal) {
  const streams = (await probeOwn(ffprobe, path, signal))?.streams ?? [];
  const count = (type: string) => streams.filter(({ codec_type }) => codec_type === type).length;
  return { sounds: count('audio'), subtitles: count('subtitle') };
}

/** Looks at the file of all sound before anybody relies on it: its tracks are those that are promised, and can be decoded. */
export async function verifySound(
  { ffmpeg, ffprobe }: FfmpegPrograms,
  path: string,
  { sounds, subtitles }: Pick<SourceFacts, 'sounds' | 'subtitles'>,
  signal: AbortSignal,
): Promise<{ cpuSeconds: number; fault?: string }> {
  const has = await tracksIn(ffprobe, path, signal);
  if (has.sounds !== sounds.length || has.subtitles !== subtitles.length) {
    const promised = `${sounds.length} and ${subtitles.length}`;
    return { cpuSeconds: 0, fault: `${has.sounds} sounds and ${has.subtitles} subtitles, ${promised} promised` };
  }
  if (sounds.length === 0) return { cpuSeconds: 0 };
  const ended = await run({ program: ffmpeg, args: decodeCommand(path, []), effort: 'work', signal });
  return { cpuSeconds: cpuOf(ended), ...(ended.code !== 0 && { fault: 'its sound cannot be decoded without errors' }) };
}
