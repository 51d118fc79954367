import { checkFfmpeg } from '../adapters/ffmpeg/check-ffmpeg.ts';
import { findFfmpeg } from '../adapters/ffmpeg/find-ffmpeg.ts';
import { ReelightError } from '../core/errors.ts';
import { LocalError } from './errors.ts';

/**
 * Makes sure that there is an FFmpeg that runs, before anything is started: without one, every worker ends at once.
 *
 * @throws LocalError `missing_tool`
 */
export async function requireFfmpeg(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await checkFfmpeg(findFfmpeg(env));
  } catch (error) {
    if (!(error instanceof ReelightError)) throw error;
    const why = error.cause instanceof Error ? ` ${error.cause.message}.` : '';
    throw new LocalError('missing_tool', `${error.message}${why}`, { cause: error });
  }
}
