import { z } from 'zod';
import { isInFlight, Video } from '../../core/video.ts';
import { searchable } from '../../core/video-list.ts';
import { POINTER_PREFIX, pointerKey, VIDEO_SK, videoKey } from './keys.ts';
import { type Image, readRow, rowFromImage } from './row.ts';

/**
 * A record as it is stored. `write_id` names the write that made the row what it is: a write that is repeated because
 * its answer was lost finds its own name there.
 *
 * @throws ZodError when the record is not valid: it would be unreadable from then on
 */
export function videoRow(video: Video, writeId: string): Record<string, unknown> {
  return { ...Video.parse(video), ...videoKey(video.file_id), write_id: writeId };
}

/** @throws InvalidRow `invalid_row` */
export function videoFromRow(row: Record<string, unknown>): Video {
  return readRow(Video, row);
}

/**
 * The video in an image of the table's stream; undefined when there is no image, or it is another kind of row.
 *
 * @throws InvalidRow `invalid_row`
 */
export function videoFromImage(image: Image | undefined): Video | undefined {
  return image?.sk?.S === VIDEO_SK ? videoFromRow(rowFromImage(image)) : undefined;
}

/** When nothing more could happen to the video by itself, as of its last change; undefined while something can. */
export function settledAt(video: Video): string | undefined {
  return isInFlight(video) ? undefined : video.updated_at;
}

/** By what a client's videos are found. `once_pk` leads to the idempotency key, so that it goes when the video goes. */
export function pointerRow(video: Video, oncePk: string | undefined): Record<string, unknown> {
  return {
    ...pointerKey(video),
    file_id: video.file_id,
    client_id: video.client_id,
    filename_lower: searchable(video.filename),
    settled_at: settledAt(video),
    once_pk: oncePk,
  };
}

const Pointer = z.object({ sk: z.string().startsWith(POINTER_PREFIX), file_id: z.string() });

/** A pointer's video, and where it stands among its client's. */
export function readPointer(row: Record<string, unknown>): { fileId: string; position: string } {
  const { sk, file_id } = readRow(Pointer, row);
  return { fileId: file_id, position: sk.slice(POINTER_PREFIX.length) };
}
