import { isWorkDone, type Piece } from '../../core/pieces.ts';
import type { Video } from '../../core/video.ts';

/**
 * How many pieces the record has counted, and how many are done: as both were at one moment. Undefined when the video is
 * not being worked on in pieces; and when all are done, since they are removed when some have to be made again.
 */
export function countOf({ work, attempt }: Video, pieces: readonly Piece[]) {
  if (!work || isWorkDone(work)) return undefined;
  const done = pieces.filter((piece) => piece.plan === work.plan && piece.attempt === attempt && piece.result !== null);
  return { counted: work.done, done: done.length };
}
