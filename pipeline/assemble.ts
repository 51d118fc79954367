import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ObjectConflict } from '../core/errors.ts';
import type { Message } from '../core/messages.ts';
import type { Pace } from '../core/pace.ts';
import { isWorkDone, type Piece, piecesOf } from '../core/pieces.ts';
import type { Ports } from '../core/ports/index.ts';
import { release } from '../core/process.ts';
import { Refusal } from '../core/refusal.ts';
import type { Receipt, Video } from '../core/video.ts';
import { waitsForPlan } from './claim-piece.ts';
import { completed, underProcessClaim } from './claim-process.ts';
import { cleanUp } from './clean-up.ts';
import type { EnhancePorts } from './enhance.ts';
import { WORKED_PERCENT } from './give-out.ts';
import { makePoster } from './make-poster.ts';
import { readPlan } from './plan-document.ts';
import { publishEnhanced } from './publish-enhanced.ts';
import type { Claim, Finished } from './under-claim.ts';

/** Only what comes out as MP4 is ever cut. */
const CONTENT_TYPE = 'video/mp4';

/** So many chunks come from storage at a time. */
const FETCHED_AT_ONCE = 4;

/** Puts a video together from its pieces, once all of them are done, and where people can fetch it. */
export function assemble(
  ports: EnhancePorts,
  message: Message<'video.assemble'>,
  worker: string,
  signal: AbortSignal,
  pace?: Pace,
): Promise<void> {
  const ready = ({ work }: Video) =>
    work?.plan === message.plan && isWorkDone(work) ? undefined : new Refusal('superseded');
  const task = {
    ...({ type: 'video_enhancement', queue: 'enhance', message, worker, signal, pace, admits: ready } as const),
    // The last time, this ended between its last write and its end.
    refused: async () => {
      const video = await ports.videos.get(message.file_id);
      if (video?.processes.video_enhancement.status === 'completed') await cleanUp(ports, video, message.attempt);
      if (video && waitsForPlan(video) && video.attempt === message.attempt) await publishPlan(ports, video);
    },
  };
  return underProcessClaim(ports, task, (claim) =>
    ports.scratch((folder) => assembleIn(ports, claim, message, folder)),
  );
}

async function assembleIn(
  ports: EnhancePorts,
  claim: Claim<Video>,
  { plan: id }: Message<'video.assemble'>,
  scratch: string,
): Promise<Finished<Video>> {
  const { files, media, videos } = ports;
  const { video, signal, step } = claim;
  const names = video.work ? piecesOf(video.work) : [];
  const rows = (await videos.pieces(video.file_id)).filter((piece) => piece.plan === id);
  const pieces = names.map((name) => rows.find((piece) => piece.name === name)?.result ?? null);
  const { probe, plan, cut } = await readPlan(files, video, id, signal);
  const fetched = await step('fetch', () => fetchAll(files, pieces, scratch, signal));
  if (!fetched) return planAnew(ports, claim);
  claim.progress(WORKED_PERCENT + 2);

  const { facts } = probe;
  const joined = await step('assemble', () =>
    media.assemble({ ...fetched, facts, ending: cut.ending, scratch, signal }),
  );
  claim.progress(WORKED_PERCENT + 5);
  const poster = await makePoster(ports, claim, { ...joined, shown: plan.hdr?.shown, scratch });
  const { written, undo } = await publishEnhanced(ports, claim, joined.path, CONTENT_TYPE);
  const own = {
    cpu_seconds: joined.cpuSeconds + poster.cpuSeconds,
    bytes_written: joined.size + poster.bytesWritten,
  };
  const outcome = completed('video_enhancement', {
    outputs: {
      ...poster.outputs,
      enhanced: {
        key: written.key,
        size: joined.size,
        etag: written.etag,
        content_type: CONTENT_TYPE,
        encoder: cut.encoder,
        threads: cut.threads,
        build: cut.build,
        duration_seconds: joined.durationSeconds,
      },
    },
    receipt: { ...own, bytes_read: 0 },
    undo: async () => void (await Promise.all([undo(), poster.undo()])),
  });
  return {
    ...outcome,
    record: (current, took) => {
      const ended = outcome.record(current, took);
      const receipt = summed(current.receipts.video_enhancement, pieces, ended.receipts.video_enhancement);
      const analysis = ended.analysis && { ...ended.analysis, notes: notesOf(pieces) };
      return { ...ended, analysis, work: null, receipts: { ...ended.receipts, video_enhancement: receipt } };
    },
    after: () => cleanUp(ports, video, video.attempt),
  };
}

/** Everything that was made, beside each other in one folder; undefined when some of it is not there any more. */
async function fetchAll(files: Ports['files'], pieces: Piece['result'][], scratch: string, signal: AbortSignal) {
  const fetch = async (key: string, size: number, name: string) => {
    const path = join(scratch, name);
    await pipeline(await files.read(key, { start: 0, end: size - 1 }, signal), createWriteStream(path), { signal });
    return path;
  };
  const chunks: Parameters<Ports['media']['assemble']>[0]['chunks'][number][] = [];
  let sound: string | null = null;
  try {
    for (let from = 0; from < pieces.length; from += FETCHED_AT_ONCE) {
      const batch = pieces.slice(from, from + FETCHED_AT_ONCE).map(async (piece, at) => {
        if (!piece) throw new ObjectConflict('object_gone', 'A piece is gone.');
        if (piece.kind === 'sound') sound = await fetch(piece.key, piece.bytes_written, 'sound.mp4');
        if (piece.kind !== 'chunk') return undefined;
        const { frames, first, last, fingerprint, parameter_sets: parameterSets } = piece;
        const path = await fetch(piece.key, piece.bytes_written, `chunk-${from + at}.mp4`);
        return { path, frames, first, last, fingerprint, parameterSets };
      });
      // Each comes to its end, whatever becomes of the others: who still writes would keep the folder from being removed.
      for (const fetched of await Promise.allSettled(batch)) {
        if (fetched.status === 'rejected') throw fetched.reason;
        if (fetched.value) chunks.push(fetched.value);
      }
    }
  } catch (error) {
    if (error instanceof ObjectConflict) return undefined;
    throw error;
  }
  return { chunks, sound };
}

/** Pieces that are gone are made again, and so is the plan: it is the same, and finds what is still there. */
async function planAnew(ports: EnhancePorts, { video, log }: Claim<Video>): Promise<Finished<Video>> {
  log.warn('pieces are gone: they are made again');
  await ports.videos.removePieces(video.file_id, video.attempt);
  return {
    ends: release,
    record: (current) => ({ ...current, work: null }),
    after: () => publishPlan(ports, video),
    undo: async () => {},
  };
}

function publishPlan({ tasks }: EnhancePorts, { file_id, attempt, trace }: Video): Promise<void> {
  return tasks.publish({ v: 1, type: 'video.enhance', file_id, attempt, trace });
}

/** What is said of several pieces is said once. */
function notesOf(pieces: Piece['result'][]): string[] {
  return [...new Set(pieces.flatMap((piece) => (piece && 'notes' in piece ? (piece.notes ?? []) : [])))];
}

/** What all of it took: planning, the pieces, and this. */
function summed(planning: Receipt | undefined, pieces: Piece['result'][], own: Receipt | undefined): Receipt {
  const parts = [planning, ...pieces, own].filter((part) => part != null);
  const sum = (of: (part: (typeof parts)[number]) => number | null) =>
    Math.round(parts.reduce((total, part) => total + (of(part) ?? 0), 0) * 1000) / 1000;
  const piecesTook = pieces.reduce((total, piece) => total + (piece?.wall_seconds ?? 0), 0);
  return {
    wall_seconds: sum(({ wall_seconds }) => wall_seconds),
    cpu_seconds: sum(({ cpu_seconds }) => cpu_seconds),
    bytes_read: sum(({ bytes_read }) => bytes_read),
    bytes_written: sum(({ bytes_written }) => bytes_written),
    steps: { ...planning?.steps, pieces: Math.round(piecesTook * 1000) / 1000, ...own?.steps },
  };
}
