import { drawnEvery } from '../../core/pieces.ts';
import { FUNCTION_GIGABYTES, LISTENERS, METADATA, TELLING_SECONDS } from './assumed.ts';
import type { Measured } from './measured.ts';
import type { Outcome } from './pipeline.ts';
import type { Clip } from './work.ts';

/** What was used of everything that is paid by use. */
export interface Usage {
  workerSeconds: number;
  s3Puts: number;
  s3Gets: number;
  writeUnits: number;
  readUnits: number;
  lambdaGigabyteSeconds: number;
  lambdaRequests: number;
  webSocketMessages: number;
}

const KB = 1024;
export const writeUnits = (bytes: number): number => Math.ceil(bytes / KB);
/** Strongly consistent. */
export const readUnits = (bytes: number): number => Math.ceil(bytes / (4 * KB));

/** A worker reads the source in blocks: `adapters/ffmpeg/blocks.ts`. */
export const BLOCK = 512 * KB;
/** Writes of a video's record that are no signs of life and none of a piece's: from its upload to its end. */
const RECORD_WRITES = 12;
/** Objects of a video: the source, three outputs, and copies of two of them. */
const OBJECTS = 6;

/** Counted by what the steps of the pipeline do: `under-claim.ts`, `claim-piece.ts`, `give-out.ts`, `assemble.ts`. */
export function usageOf(outcome: Outcome, clips: readonly Clip[], { clip, rows }: Measured): Usage {
  const { done, busy, fates, fleet } = outcome;
  const videos = fates.length;
  const cut = fates.filter(({ pieces }) => pieces > 0);
  const pieces = done.chunk + done.sound + done.source + done.proxy;
  const [record, piece] = [rows.video_bytes, rows.piece_bytes];
  const sourceBytes = clip.source_bytes_per_second * clips.reduce((sum, each) => sum + each.seconds * each.weight, 0);

  // A second each: signs of life of the record itself and of pieces. And drawings of the progress from all pieces.
  const ofRecord = busy.whole + busy.plan + busy.assemble;
  const ofPieces = busy.chunk + busy.sound + busy.source + busy.proxy;
  const drawings = ({ begun, worked, pieces }: (typeof cut)[number]) => (worked - begun) / drawnEvery(pieces);
  const drawn = cut.reduce((sum, fate) => sum + drawings(fate), 0);
  /** Half of the rows are there, on average. Who begins with a piece reads them, too: an earlier attempt may have made it. */
  const readingAll = cut.reduce((sum, fate) => {
    return sum + (drawings(fate) + fate.pieces) * readUnits((fate.pieces / 2) * piece);
  }, 0);
  const told = drawn + ofRecord + videos * 5;
  const untold = pieces + videos * RECORD_WRITES;

  return {
    workerSeconds: fleet.workerSeconds,
    // An object for each piece, but for a source that is copied; and the plan.
    s3Puts: videos * OBJECTS + done.chunk + done.sound + done.proxy + cut.length,
    // The pictures, and the sound apart; the plan, looked at and read; each piece once more, to be joined.
    s3Gets: (sourceBytes / BLOCK) * 1.3 + videos * 2 * OBJECTS + pieces * 4,
    writeUnits:
      // Claimed, ended in a transaction with the record (which counts twice), and its releases marked as announced.
      (ofPieces + pieces * 2) * writeUnits(piece) +
      pieces * 2 * (writeUnits(piece) + writeUnits(record)) +
      (ofRecord + drawn + videos * RECORD_WRITES) * writeUnits(record),
    readUnits:
      (ofPieces + pieces * 4) * (readUnits(record) + readUnits(piece)) +
      (ofRecord + videos * RECORD_WRITES) * readUnits(record) +
      readingAll,
    lambdaGigabyteSeconds:
      (told * TELLING_SECONDS.told + untold * TELLING_SECONDS.untold) * FUNCTION_GIGABYTES +
      videos * METADATA.seconds * METADATA.gigabytes,
    lambdaRequests: told + untold + videos * 5,
    webSocketMessages: told * LISTENERS,
  };
}
