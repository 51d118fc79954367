import { TransientError } from '../core/errors.ts';
import { attemptKey } from '../core/keys.ts';
import type { Message } from '../core/messages.ts';
import type { Pace } from '../core/pace.ts';
import { chunkIndex } from '../core/pieces.ts';
import type { PieceOfVideo, Ports } from '../core/ports/index.ts';
import { rangeSource } from '../core/range-source.ts';
import { sourceOf } from '../core/video.ts';
import { pieceDone, pieceHolding, takeOver } from './claim-piece.ts';
import { readPlan } from './plan-document.ts';
import { shareSource } from './share-source.ts';
import { type Claim, type Finished, underClaim } from './under-claim.ts';

type PiecePorts = Pick<
  Ports,
  'videos' | 'uploads' | 'files' | 'tasks' | 'media' | 'workers' | 'meter' | 'scratch' | 'now' | 'log'
>;

/**
 * Works on one piece of a video that was cut: a chunk of its pictures, all of its sound, or the source for comparing.
 * Its end is counted in the record, and releases the next; the last one has the video put together.
 */
export async function enhancePiece(
  ports: PiecePorts,
  message: Message<'video.piece'>,
  worker: string,
  signal: AbortSignal,
  pace?: Pace,
): Promise<void> {
  if (await takeOver(ports, message)) return;
  const task = { holding: pieceHolding(ports, message), queue: 'pieces', message, worker, signal, pace } as const;
  return underClaim(ports, task, (claim) => ports.scratch((folder) => makePiece(ports, claim, folder)));
}

async function makePiece(
  ports: PiecePorts,
  claim: Claim<PieceOfVideo>,
  scratch: string,
): Promise<Finished<PieceOfVideo>> {
  const { uploads, files, media } = ports;
  const { video, fence, signal, step } = claim;
  const { name, plan: id } = claim.record.piece;
  const { probe, interlacing, plan, cut } = await readPlan(files, video, id, signal);
  const { facts } = probe;
  const source = rangeSource(uploads, sourceOf(video));
  const job = { source, facts, plan, cut, scratch, onProgress: claim.progress, signal };
  const spent = (cpuSeconds: number, bytesWritten: number) => ({
    cpu_seconds: Math.round(cpuSeconds * 1000) / 1000,
    bytes_read: source.bytesRead(),
    bytes_written: bytesWritten,
  });

  if (name === 'source') {
    const shared = await shareSource(ports, claim, probe, interlacing, { source, scratch, onProgress: claim.progress });
    const { cpuSeconds, bytesWritten, outputs, undo } = shared;
    return pieceDone(
      ports,
      ({ wall_seconds }) => ({ kind: 'source', wall_seconds, ...spent(cpuSeconds, bytesWritten) }),
      { outputs, undo },
    );
  }
  const key = attemptKey(video.file_id, video.attempt, fence, `${id}-${name}.mp4`);
  const store = (path: string) => step('store', () => files.writeFile(key, path, { contentType: 'video/mp4' }, signal));
  const undo = () => files.remove(key);
  try {
    if (name === 'sound') {
      const sound = await step('sound', () => media.encodeSound(job));
      await store(sound.path);
      return await pieceDone(
        ports,
        ({ wall_seconds }) => ({
          kind: 'sound',
          key,
          ...told(sound),
          wall_seconds,
          ...spent(sound.cpuSeconds, sound.size),
        }),
        { undo },
      );
    }
    const index = chunkIndex(name);
    if (index === undefined || !cut.timeline.chunks[index]) throw new TransientError('no_plan', `There is no ${name}.`);
    const chunk = await step('chunk', () => media.enhanceChunk({ ...job, index }));
    await store(chunk.path);
    const { frames, first, last, fingerprint, parameterSets: parameter_sets } = chunk;
    return await pieceDone(
      ports,
      ({ wall_seconds }) => ({
        ...{ kind: 'chunk', key, frames, first, last, fingerprint, parameter_sets, ...told(chunk), wall_seconds },
        ...spent(chunk.cpuSeconds, chunk.size),
      }),
      { undo },
    );
  } catch (error) {
    await undo();
    throw error;
  }
}

const told = ({ notes }: { notes?: string[] }) => (notes ? { notes } : {});
