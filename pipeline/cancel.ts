import { fileNotFound, RequestError } from '../core/errors.ts';
import { sourceKey } from '../core/keys.ts';
import type { Ports } from '../core/ports/index.ts';
import { Refusal } from '../core/refusal.ts';
import { cancelVideo, type Video } from '../core/video.ts';
import { cleanUp } from './clean-up.ts';

/**
 * Stops whatever still happens to a video. Workers learn of it from their next heartbeat, whose write is refused; what
 * is queued is dropped when its turn comes. What they had made by then is removed here; what they are about to make, by
 * themselves.
 */
export async function cancelWork(
  {
    videos,
    uploads,
    files,
    arrivals,
    now,
    log,
  }: Pick<Ports, 'videos' | 'uploads' | 'files' | 'arrivals' | 'now' | 'log'>,
  fileId: string,
): Promise<Video> {
  const cancelled = await videos.change(fileId, (video) => cancelVideo(video, now()));
  if (cancelled instanceof Refusal) {
    if (cancelled.reason === 'gone') throw fileNotFound();
    throw new RequestError(
      409,
      'already_finished',
      'This video has already reached its end: there is nothing to cancel.',
    );
  }
  const { upload_id, status } = cancelled.upload;
  if (status === 'awaiting' && upload_id) await uploads.abortMultipart({ key: sourceKey(fileId), uploadId: upload_id });
  await cleanUp({ videos, files }, cancelled, cancelled.attempt);
  // Nobody looks after it any more: a source that is there without a word of S3's would be in no record, and could not be
  // tried again.
  const key = sourceKey(fileId);
  if (!cancelled.source && (await uploads.head(key))) await arrivals.announce(key);
  log.info('cancelled', { file_id: fileId });
  return cancelled;
}
