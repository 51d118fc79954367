import type { VideoRecord } from '../client/index.ts';
import { standingOf, type VideoStatus } from '../core/standing.ts';

const WORDS: Record<VideoStatus, string> = {
  awaiting_upload: 'Waiting for the file',
  uploaded: 'In line',
  processing: 'Working',
  completed: 'Ready',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export function standingWords(video: VideoRecord): string {
  const standing = standingOf(video);
  const { progress } = video.processes.video_enhancement;
  return standing === 'processing' && progress > 0 ? `${Math.floor(progress)} %` : WORDS[standing];
}

export const isUnderWay = (video: VideoRecord): boolean => ['uploaded', 'processing'].includes(standingOf(video));

/** Its file never came whole, so there is nothing to work on: it has to be sent. */
export const lacksFile = (video: VideoRecord): boolean => video.upload.status === 'awaiting' && !isUnderWay(video);

/** A failure in one process leaves the other's result, which can still be looked at. */
export const canBePlayed = (video: VideoRecord): boolean => video.outputs.enhanced !== undefined;
