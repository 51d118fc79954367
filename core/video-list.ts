import { RequestError } from './errors.ts';
import { FileId, type Video } from './video.ts';

/** More on one page would be slow for everybody. */
const MAX_PAGE = 100;

/** How many videos a page holds, whatever was asked for. */
export function pageSize(limit: number): number {
  return Math.min(MAX_PAGE, Math.max(1, Math.floor(limit) || 1));
}

/** A filename as it is searched: without case, and with accents in one form (macOS writes them in another). */
export function searchable(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Where a video stands among a client's videos: `position` sorts by time of creation. */
export function position({ created_at, file_id }: Pick<Video, 'created_at' | 'file_id'>): string {
  return `${created_at}#${file_id}`;
}

/** The cursor that continues behind this position. */
export function cursorAt(position: string): string {
  return Buffer.from(position).toString('base64url');
}

/**
 * The position a cursor stands for.
 *
 * @throws RequestError 400 `bad_cursor` when it is none of ours
 */
export function positionOf(cursor: string): string {
  const found = Buffer.from(cursor, 'base64url').toString('utf8');
  const [createdAt, fileId, ...rest] = found.split('#');
  const isPosition =
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(createdAt ?? '') &&
    FileId.safeParse(fileId).success &&
    rest.length === 0 &&
    cursorAt(found) === cursor;
  if (!isPosition) {
    throw new RequestError(400, 'bad_cursor', 'The cursor must be one that an earlier page gave.', 'cursor');
  }
  return found;
}
