import { z } from 'zod';
import { Process, pendingProcess } from './process.ts';
import { CHUNK_SECONDS } from './timeline.ts';

/** The plan's own SHA-256, as far as it takes to tell plans apart: the same plan always has the same name. */
export const PlanId = z.string().regex(/^[0-9a-f]{32}$/);

/** Pictures, in chunks; all sound, subtitles and chapters; and the source as browsers play it. */
export const PieceName = z.string().regex(/^(chunk-\d{1,4}|sound|source)$/);

/** How many pieces of one video wait or are worked on at a time, for each worker there is: one in hand, one to follow. */
export const PIECES_PER_WORKER = 2;
/** And however many workers there are: all of them count in one record, and the more there are the more they wait for it. */
export const LARGEST_WINDOW = 256;

/** How far the work on a video that was cut has come: its part of the record. The pieces have rows of their own. */
export const Work = z.object({
  plan: PlanId,
  chunks: z.int().min(1),
  sound: z.boolean(),
  /** So many of `piecesOf`, from the first on, have been given out or are about to be. */
  released: z.int().min(0),
  done: z.int().min(0),
  /** Whether the broker has the pieces that were released first. */
  announced: z.boolean(),
});
export type Work = z.infer<typeof Work>;

const spent = { cpu_seconds: z.number(), wall_seconds: z.number(), bytes_read: z.int(), bytes_written: z.int() };

/** What the owner of the video should know, a sentence each. */
const told = { notes: z.array(z.string()).optional() };

/** What came of a piece. Objects lie under their attempt until the video is put together. */
export const PieceResult = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('chunk'),
    key: z.string(),
    frames: z.int(),
    /** Of the first and the last picture, in ticks of the output. */
    first: z.int(),
    last: z.int(),
    /** Of all its pictures and their times. */
    fingerprint: z.string(),
    parameter_sets: z.string(),
    ...told,
    ...spent,
  }),
  z.object({ kind: z.literal('sound'), key: z.string(), ...told, ...spent }),
  z.object({ kind: z.literal('source'), ...spent }),
]);
export type PieceResult = z.infer<typeof PieceResult>;

export const Piece = z.object({
  v: z.literal(1),
  plan: PlanId,
  name: PieceName,
  /** Of the video: a piece that an earlier one finished can be taken over. */
  attempt: z.int().min(1),
  /** Grows by one with each change; 0 before the first. */
  seq: z.int().min(0),
  state: Process,
  result: PieceResult.nullable(),
  /** Which pieces its end has released, from `from` on and before `to`; and whether the broker has them. */
  releases: z.object({ from: z.int(), to: z.int(), announced: z.boolean() }).nullable(),
});
export type Piece = z.infer<typeof Piece>;

/** A piece that nobody has begun. */
export function newPiece({ plan, name, attempt }: Pick<Piece, 'plan' | 'name' | 'attempt'>, now: Date): Piece {
  return { v: 1, plan, name, attempt, seq: 0, state: pendingProcess(now), result: null, releases: null };
}

/** A piece as this attempt begins with it. Its fence goes on counting: workers of an earlier attempt stay locked out. */
export function pieceAnew(piece: Piece, attempt: number, now: Date): Piece {
  if (piece.attempt === attempt) return piece;
  return {
    ...newPiece({ ...piece, attempt }, now),
    seq: piece.seq,
    state: { ...pendingProcess(now), fence: piece.state.fence },
  };
}

export const chunkName = (index: number): string => `chunk-${index}`;

/** The place of a chunk in the timeline; undefined for what is none. */
export function chunkIndex(name: string): number | undefined {
  const [, index] = /^chunk-(\d+)$/.exec(name) ?? [];
  return index === undefined ? undefined : Number(index);
}

/** All pieces, in the order in which they are given out: first what cannot be divided, and so takes longest. */
export function piecesOf({ chunks, sound }: Pick<Work, 'chunks' | 'sound'>): string[] {
  return ['source', ...(sound ? ['sound'] : []), ...Array.from({ length: chunks }, (_, index) => chunkName(index))];
}

/** A plan with its first pieces released, for so many workers. */
export function beginWork(cut: Pick<Work, 'plan' | 'chunks' | 'sound'>, workers: number): Work {
  return release({ ...cut, released: 0, done: 0, announced: false }, workers);
}

/** One more is done; others may follow it. */
export function countDone(work: Work, workers: number): Work {
  return release({ ...work, done: work.done + 1 }, workers);
}

/** Whether all pieces are done, so that they can be put together. */
export function isWorkDone(work: Work): boolean {
  return work.done >= piecesOf(work).length;
}

/** A video has only a small window of pieces with the broker, so that others need not wait for all of it. */
function release(work: Work, workers: number): Work {
  const open = work.done + Math.min(LARGEST_WINDOW, Math.max(1, workers) * PIECES_PER_WORKER);
  return { ...work, released: Math.max(work.released, Math.min(piecesOf(work).length, open)) };
}

/**
 * Seconds between two drawings of the progress, which read the rows of all pieces: the more there are, the more that
 * costs, and the less one of them shows.
 */
export function drawnEvery(pieces: number): number {
  return Math.min(10, Math.max(1, Math.ceil(pieces / 200)));
}

/** How much of the work is done, 0 to 1, drawn from the pieces that there are rows of. */
export function shareDone(work: Work, pieces: readonly Piece[], attempt: number): number {
  const current = pieces.filter((piece) => piece.plan === work.plan && piece.attempt === attempt);
  const sum = current.reduce((total, { state }) => total + (state.status === 'completed' ? 100 : state.progress), 0);
  return Math.min(1, sum / 100 / piecesOf(work).length);
}

/**
 * The next plan's chunks, in seconds, when this one's cannot be made. Smaller ones need less memory and disk; and what
 * is wrong with the cutting itself cannot go wrong where nothing is cut, which is 0.
 */
export function chunkSecondsAfter(seconds: number, why: 'resources' | 'cutting'): number {
  return why === 'resources' && seconds >= CHUNK_SECONDS ? CHUNK_SECONDS / 2 : 0;
}
