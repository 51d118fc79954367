import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlayableJob } from '../../core/ports/index.ts';
import { topLevelBoxes } from './boxes.ts';
import { cpuOf } from './cpu-time.ts';
import type { Workshop } from './enhance.ts';
import { withInput } from './input.ts';
import { percentMeter, progressReader } from './progress.ts';
import { run } from './run.ts';
import { progressWatch } from './watch.ts';

type Rewrapped = { path: string; size: number; cpuSeconds: number } | { path?: undefined; why: string };

/** The source's pictures as they are, and the sound that plays, in an MP4 of their own that tells nothing else. */
export function rewrap(
  { ffmpeg, log, limits }: Pick<Workshop, 'ffmpeg' | 'log' | 'limits'>,
  { source, facts, scratch, signal, onProgress }: PlayableJob,
  sound: 'copy' | 'encode',
): Promise<Rewrapped> {
  const path = join(scratch, 'rewrapped.mp4');
  const { video, audio, duration } = facts;
  return withInput(source, signal, async (input) => {
    const args = [
      ...['-nostdin', '-hide_banner', '-nostats', '-benchmark', '-y', '-progress', 'pipe:1', ...input.args],
      ...['-map', `0:${video.index}`, '-c:v', 'copy'],
      ...(audio ? ['-map', `0:${audio.index}`, ...(sound === 'copy' ? ['-c:a', 'copy'] : ENCODED)] : []),
      ...['-map_metadata', '-1', '-map_chapters', '-1', '-movflags', '+faststart', '-f', 'mp4', `file:${path}`],
    ];
    const watch = progressWatch(signal, limits);
    const percent = percentMeter(duration, onProgress);
    const onStdout = progressReader((progress) => {
      watch.saw(progress);
      percent(progress.seconds, input.reached());
    });
    try {
      const ended = await run({ program: ffmpeg, args, cwd: scratch, effort: 'work', signal: watch.signal, onStdout });
      input.blameStorage();
      const boxes = ended.code === 0 ? await topLevelBoxes(path) : undefined;
      if (boxes?.includes('moov') && boxes.indexOf('moov') < boxes.indexOf('mdat')) {
        return { path, size: (await stat(path)).size, cpuSeconds: cpuOf(ended) };
      }
      log.info('ffmpeg failed', { code: ended.code, signal: ended.signal, stderr: input.redact(ended.stderr) });
      await rm(path, { force: true });
      return { why: `exit ${ended.code ?? ended.signal}` };
    } finally {
      watch.stop();
    }
  });
}

const ENCODED = ['-c:a', 'aac', '-ac', '2', '-b:a', '128k'];
