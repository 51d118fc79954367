import { isShortage } from '../core/errors.ts';
import type { Message } from '../core/messages.ts';
import { chunkSecondsAfter, countDone, isWorkDone, type PieceResult, pieceAnew } from '../core/pieces.ts';
import type { PieceOfVideo, Ports } from '../core/ports/index.ts';
import { abandon, type Process, release, spend } from '../core/process.ts';
import { Refusal } from '../core/refusal.ts';
import { NOTHING_SPENT, type Spent, spentSince, sumSpent } from '../core/spent.ts';
import type { Video } from '../core/video.ts';
import { drawProgress, giveOutAfter } from './give-out.ts';
import type { Failure, Finished, Holding, Took } from './under-claim.ts';

/** Somebody else may fare better; after so many, another plan will. */
const MOST_FAILURES = 3;
const MOST_WANTS = 2;

type PiecePorts = Pick<Ports, 'videos' | 'tasks' | 'workers' | 'now' | 'log'>;

/** One piece of a video, held on behalf of the plan that it belongs to. */
export function pieceHolding(ports: PiecePorts, message: Message<'video.piece'>): Holding<PieceOfVideo> {
  const { videos, tasks, now } = ports;
  const { file_id, attempt, plan, piece: name } = message;
  return {
    name,
    change: (decide) =>
      videos.changePiece({ file_id, plan, name }, ({ video, piece }) =>
        isCurrent(video, message)
          ? decide({ video, piece: pieceAnew(piece, attempt, now()) })
          : new Refusal('superseded'),
      ),
    video: ({ video }) => video,
    state: ({ piece }) => piece.state,
    withState,
    admits: () => undefined,
    failed: ({ video, piece }, failure) => ({ piece, video: failedVideo(video, failure, now()) }),
    mostFailures: (error) => (isShortage(error) ? MOST_WANTS : MOST_FAILURES),
    beaten: ({ video }) => drawProgress(ports, video),
    refused: async () => {
      const record = await videos.changePiece({ file_id, plan, name }, (current) => current);
      if (record instanceof Refusal) return;
      if (isCurrent(record.video, message)) await giveOutAfter(ports, record);
      else if (waitsForPlan(record.video) && record.video.attempt === attempt) await planAnew();
    },
    // The plan was given up, or the video: what this piece took, it took.
    lost: async (fence, spent) => {
      await videos.changePiece({ file_id, plan, name }, (record) => {
        const state = release(spend(record.piece.state, fence, spent), fence, now());
        return state instanceof Refusal ? state : withState(record, state);
      });
    },
    gaveUp: planAnew,
  };

  function planAnew(): Promise<void> {
    return tasks.publish({ v: 1, type: 'video.enhance', file_id, attempt, trace: message.trace });
  }
}

/** What a claim on a piece took is the video's to pay: added to the record by the write that ends the claim. */
function withState({ video, piece }: PieceOfVideo, state: Process): PieceOfVideo {
  return { video: paying(video, spentSince(piece.state.spent, state.spent)), piece: { ...piece, state } };
}

function paying(video: Video, more: Spent): Video {
  if (more.runs === NOTHING_SPENT.runs) return video;
  const process = video.processes.video_enhancement;
  const spent = sumSpent(process.spent, more);
  return { ...video, processes: { ...video.processes, video_enhancement: { ...process, spent } } };
}

/** Whether the piece is still wanted: its plan is the one that is followed. */
function isCurrent(video: Video, { attempt, plan }: Message<'video.piece'>): boolean {
  return video.attempt === attempt && video.work?.plan === plan;
}

/** Whether another plan is to be made, and nobody has begun with it. */
export const waitsForPlan = ({ work, processes }: Video): boolean =>
  work === null && processes.video_enhancement.status === 'pending';

/** What cannot be read ends the whole; for anything else there is another plan, and one that is not cut in the end. */
function failedVideo(video: Video, { kind, reason }: Failure, now: Date): Video {
  const process = video.processes.video_enhancement;
  const ended = kind === 'input' ? abandon(process, reason, now) : { ...process, status: 'pending' as const };
  if (ended instanceof Refusal) return video;
  const seconds = chunkSecondsAfter(video.chunk_seconds, kind === 'passing' ? 'cutting' : 'resources');
  return {
    ...video,
    processes: {
      ...video.processes,
      video_enhancement: { ...ended, last_updated: now.toISOString() } satisfies Process,
    },
    work: null,
    chunk_seconds: kind === 'input' ? video.chunk_seconds : seconds,
    updated_at: now.toISOString(),
  };
}

/**
 * A piece that an earlier attempt finished under the same plan counts in this one, where what it made is still there.
 * Answers whether that is so; nothing is left to do about it then.
 */
export async function takeOver(
  ports: PiecePorts & Pick<Ports, 'files'>,
  message: Message<'video.piece'>,
): Promise<boolean> {
  const { videos, files } = ports;
  const { file_id, attempt, plan, piece: name } = message;
  // Nothing is earlier than the first: its tasks need not look.
  if (attempt === 1) return false;
  const ref = { file_id, plan, name };
  const ofEarlier = ({ video, piece }: PieceOfVideo) =>
    isCurrent(video, message) && piece.attempt < attempt ? piece.result : null;
  const found = await videos.changePiece(ref, (record) => record);
  const result = found instanceof Refusal ? null : ofEarlier(found);
  if (!result || result.kind === 'source' || !(await files.head(result.key))) return false;
  const present = await workersPresent(ports);
  const taken = await videos.changePiece(ref, (record) => {
    if (!ofEarlier(record)) return new Refusal('superseded');
    return counted({ ...record, piece: { ...record.piece, attempt } }, present);
  });
  if (taken instanceof Refusal) return false;
  ports.log.info('taken over', { file_id, attempt, piece: name });
  await giveOutAfter(ports, taken);
  return true;
}

/** A piece that is complete, with what came of it. */
export async function pieceDone(
  ports: PiecePorts,
  result: (took: Took) => PieceResult,
  { undo, outputs }: { undo: () => Promise<void>; outputs?: Partial<Video['outputs']> },
): Promise<Finished<PieceOfVideo>> {
  const present = await workersPresent(ports);
  return {
    record: ({ video, piece }, took) => {
      const made = { ...video, outputs: { ...video.outputs, ...outputs } };
      return counted({ video: made, piece: { ...piece, result: result(took) } }, present);
    },
    after: async (record) => {
      await giveOutAfter(ports, record);
      await drawProgress(ports, record.video);
    },
    undo,
  };
}

/** In the write that ends the piece, so that none is counted twice, and the last one is known to be it. */
function counted({ video, piece }: PieceOfVideo, workers: number): PieceOfVideo {
  if (!video.work) return { video, piece };
  const work = countDone(video.work, workers);
  const [from, to] = [video.work.released, work.released];
  return {
    video: { ...video, work },
    piece: { ...piece, releases: { from, to, announced: from === to && !isWorkDone(work) } },
  };
}

/** How many workers there are, busy ones too: so many pieces of a video are in hand at once, at most. */
export async function workersPresent({ workers }: Pick<Ports, 'workers'>): Promise<number> {
  return (await workers.present()).length;
}
