import { fileNotFound } from '../core/errors.ts';
import { publicKeys, sourceKey, workPrefix } from '../core/keys.ts';
import type { Ports } from '../core/ports/index.ts';
import { cancelVideo } from '../core/video.ts';

/**
 * Removes every object and row of a video. Its work is cancelled first, so that followers hear of it and workers stop;
 * its row goes last, so that a call that dies half-way can be repeated.
 */
export async function deleteVideo(
  { videos, uploads, files, now, log }: Pick<Ports, 'videos' | 'uploads' | 'files' | 'now' | 'log'>,
  fileId: string,
): Promise<void> {
  await videos.change(fileId, (video) => cancelVideo(video, now()));
  const video = await videos.get(fileId);
  if (!video) throw fileNotFound();
  const { upload_id, status } = video.upload;
  if (status === 'awaiting' && upload_id) await uploads.abortMultipart({ key: sourceKey(fileId), uploadId: upload_id });
  await Promise.all([
    uploads.remove(sourceKey(fileId)),
    ...publicKeys(fileId).map((key) => files.remove(key)),
    files.removeAll(workPrefix(fileId)),
  ]);
  await videos.remove(video);
  // A PUT may have come in between, and its event before the record went.
  await uploads.remove(sourceKey(fileId));
  log.info('deleted', { file_id: fileId });
}
