import { fileNotFound, RequestError } from '../core/errors.ts';
import type { HdrChoice } from '../core/hdr-choice.ts';
import { sourceKey } from '../core/keys.ts';
import type { Ports } from '../core/ports/index.ts';
import type { ProfileName } from '../core/profiles/names.ts';
import { Refusal } from '../core/refusal.ts';
import { retryVideo } from '../core/retry.ts';
import type { Video } from '../core/video.ts';

/**
 * Works on a video once more: from `failed`, `cancelled` or `completed`, in the same way or another. The record
 * is written first; then its source is announced anew, and goes the way that it went when it arrived.
 */
export async function retry(
  { videos, arrivals, now, log }: Pick<Ports, 'videos' | 'arrivals' | 'now' | 'log'>,
  fileId: string,
  { profile, hdr }: { profile?: ProfileName | undefined; hdr?: HdrChoice | undefined } = {},
): Promise<Video> {
  const begun = await videos.change(fileId, (video) => retryVideo(video, profile ?? video.profile, now(), hdr));
  const video = begun instanceof Refusal ? await accepted(begun, fileId, videos) : begun;
  await arrivals.announce(sourceKey(fileId));
  log.info('tried again', { file_id: fileId, attempt: video.attempt });
  return video;
}

/** A repeat of a call whose answer was lost finds the attempt begun: all it lacks may be the announcement. */
async function accepted({ reason }: Refusal, fileId: string, videos: Ports['videos']): Promise<Video> {
  if (reason === 'no_source') {
    throw new RequestError(409, 'no_source', 'This video was never uploaded whole: upload it again.');
  }
  if (reason === 'in_flight') {
    throw new RequestError(409, 'in_flight', 'This video is being worked on: wait for its end, or cancel it first.');
  }
  const video = await videos.get(fileId);
  if (!video) throw fileNotFound();
  return video;
}
