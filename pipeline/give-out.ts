import { drawnEvery, isWorkDone, type Piece, piecesOf, shareDone, type Work } from '../core/pieces.ts';
import type { PieceOfVideo, Ports } from '../core/ports/index.ts';
import { isTerminal } from '../core/process.ts';
import { Refusal } from '../core/refusal.ts';
import { changeProcess, type Video } from '../core/video.ts';

/** Where planning ends and putting together begins, in the progress that people see. */
export const PLANNED_PERCENT = 5;
export const WORKED_PERCENT = 90;

/** Without a sign of life for so long, messages may have been lost. */
const QUIET_MS = 60_000;

type GivingPorts = Pick<Ports, 'videos' | 'tasks' | 'now' | 'log'>;

/**
 * Gives the broker what a plan has released and nobody has begun, or what comes after all of it. The record says whether
 * that was done before: a plan whose task is given again, a moment after, is not given out twice; one that has been
 * quiet for long is.
 */
export async function giveOut(ports: GivingPorts, video: Video): Promise<void> {
  const { videos, now } = ports;
  const { work } = video;
  if (!work) return;
  const quiet = now().getTime() - Date.parse(video.processes.video_enhancement.last_updated);
  if (work.announced && quiet < QUIET_MS) return;
  if (isWorkDone(work)) await publishAssembly(ports, video, work);
  else {
    const begun = new Map(
      (await videos.pieces(video.file_id)).filter(of(video, work)).map((piece) => [piece.name, piece]),
    );
    const waiting = piecesOf(work).slice(0, work.released);
    await publishPieces(
      ports,
      video,
      work,
      waiting.filter((name) => !isTaken(begun.get(name), now())),
    );
  }
  await videos.change(video.file_id, (current) =>
    current.work?.plan === work.plan && !current.work.announced
      ? { ...current, work: { ...current.work, announced: true } }
      : new Refusal('unchanged'),
  );
}

/** What the end of a piece has released goes to the broker, once. The piece is one of the plan that is followed. */
export async function giveOutAfter(ports: GivingPorts, { video, piece }: PieceOfVideo): Promise<void> {
  const { work } = video;
  const { releases } = piece;
  if (!work || !releases || releases.announced) return;
  if (isWorkDone(work)) await publishAssembly(ports, video, work);
  else await publishPieces(ports, video, work, piecesOf(work).slice(releases.from, releases.to));
  await ports.videos.changePiece({ ...piece, file_id: video.file_id }, (record) =>
    // Cancelled meanwhile: its row is gone, and is not to come again.
    record.piece.releases
      ? { ...record, piece: { ...record.piece, releases: { ...releases, announced: true } } }
      : new Refusal('superseded'),
  );
}

/** Draws the progress of a video from its pieces, unless that was done a moment ago. */
export async function drawProgress({ videos, now }: GivingPorts, video: Video): Promise<void> {
  const { work, attempt } = video;
  const { last_updated: seen } = video.processes.video_enhancement;
  if (!work || now().getTime() - Date.parse(seen) < drawnEvery(piecesOf(work).length) * 1000) return;
  const share = shareDone(work, await videos.pieces(video.file_id), attempt);
  const percent = PLANNED_PERCENT + share * (WORKED_PERCENT - PLANNED_PERCENT);
  await videos.change(video.file_id, (current) => {
    if (current.attempt !== attempt || current.work?.plan !== work.plan) return new Refusal('superseded');
    // Somebody else's heartbeat came first.
    if (current.processes.video_enhancement.last_updated !== seen) return new Refusal('unchanged');
    return changeProcess(
      current,
      'video_enhancement',
      (process) => ({
        ...process,
        progress: Math.max(process.progress, Math.round(percent * 10) / 10),
        last_updated: now().toISOString(),
      }),
      now(),
    );
  });
}

const of = (video: Video, work: Work) => (piece: Piece) => piece.plan === work.plan && piece.attempt === video.attempt;

function isTaken(piece: Piece | undefined, now: Date): boolean {
  if (!piece) return false;
  const { claim } = piece.state;
  return isTerminal(piece.state) || (claim !== null && claim.lease_until > now.toISOString());
}

function publishAssembly({ tasks }: GivingPorts, { file_id, attempt, trace }: Video, { plan }: Work): Promise<void> {
  return tasks.publish({ v: 1, type: 'video.assemble', file_id, attempt, trace, plan });
}

async function publishPieces(
  { tasks, log }: GivingPorts,
  { file_id, attempt, trace }: Video,
  { plan }: Work,
  names: string[],
): Promise<void> {
  for (const piece of names) {
    await tasks.publish({ v: 1, type: 'video.piece', file_id, attempt, trace, plan, piece });
  }
  if (names.length > 0) log.info('given out', { file_id, attempt, pieces: names.join(' ') });
}
