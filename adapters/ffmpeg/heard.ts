import type { AudioFacts } from '../../core/media.ts';
import type { Input } from './input.ts';
import { runForOutput } from './run.ts';

/** Of one frame of samples, whose encoders have at most some thousands for each of eight loudspeakers. */
const LARGEST_FRAME = 4 * 1024 * 1024;

/**
 * The sounds of which something comes. A recorder that was muted leaves a track with nothing in it, which the header does
 * not always say; so does damage. Reads on to the first frame, and so all of the source where there is none.
 */
export async function heardOf(
  ffmpeg: string,
  input: Input,
  sounds: readonly AudioFacts[],
  signal: AbortSignal,
): Promise<AudioFacts[]> {
  const heard: AudioFacts[] = [];
  for (const sound of sounds) {
    const output = ['-map', `0:${sound.index}`, '-frames:a', '1', '-f', 's16le', 'pipe:1'];
    const args = ['-nostdin', '-v', 'error', ...input.args, ...output];
    const { stdout } = await runForOutput({ program: ffmpeg, args, effort: 'work', signal, limit: LARGEST_FRAME });
    input.blameStorage();
    if (stdout.length > 0) heard.push(sound);
  }
  return heard;
}
