import { attemptPrefix } from '../core/keys.ts';
import type { Ports } from '../core/ports/index.ts';
import type { Video } from '../core/video.ts';

/**
 * Removes what a video was worked on with: plans, pieces, what a worker left that was killed. Only of attempts up to
 * this one, since the next may have begun.
 */
export async function cleanUp(
  { videos, files }: Pick<Ports, 'videos' | 'files'>,
  { file_id }: Pick<Video, 'file_id'>,
  attempt: number,
): Promise<void> {
  await videos.removePieces(file_id, attempt);
  for (let past = 1; past <= attempt; past++) await files.removeAll(attemptPrefix(file_id, past));
}
