import type { PieceOfVideo, VideoStore } from '../../../core/ports/index.ts';
import { isTerminal, PROCESS_TYPES, type Process, type ProcessType } from '../../../core/process.ts';
import { Refusal } from '../../../core/refusal.ts';
import type { Video } from '../../../core/video.ts';

/**
 * What the pipeline is without one of its guards. The guards are in pure functions that decide on a record, so each is
 * taken away by what they are shown of it.
 */
export const MUTANTS = [
  'no fence',
  'no fence over pieces',
  'no idempotence',
  'no idempotence over pieces',
  'acknowledged first',
] as const;
export type Mutant = (typeof MUTANTS)[number];

/** The store as the worker of one delivery sees it. */
export function storeOf(mutant: Mutant | undefined, videos: VideoStore, worker: string): VideoStore {
  switch (mutant) {
    case 'no fence':
      return withoutFence(videos, worker);
    case 'no fence over pieces':
      return withoutFenceOverPieces(videos, worker);
    case 'no idempotence':
      return withoutIdempotence(videos);
    case 'no idempotence over pieces':
      return withoutIdempotenceOverPieces(videos);
    default:
      return videos;
  }
}

/** Who once held a claim seems to hold it for ever: nobody was ever there in between. */
function withoutFence(videos: VideoStore, worker: string): VideoStore {
  const held = new Map<ProcessType, Process>();
  return {
    ...videos,
    async change(fileId, decide) {
      const changed = await videos.change(fileId, (video) =>
        decide(shown(video, (process, type) => asHeld(process, held.get(type)))),
      );
      if (changed instanceof Refusal) return changed;
      for (const type of PROCESS_TYPES) {
        const process = changed.processes[type];
        if (process.claim?.worker === worker) held.set(type, process);
      }
      return changed;
    },
  };
}

function withoutFenceOverPieces(videos: VideoStore, worker: string): VideoStore {
  let held: Process | undefined;
  return {
    ...videos,
    async changePiece(of, decide) {
      const changed = await videos.changePiece(of, (record) =>
        decide(withState(record, (state) => asHeld(state, held))),
      );
      if (!(changed instanceof Refusal) && changed.piece.state.claim?.worker === worker) held = changed.piece.state;
      return changed;
    },
  };
}

function asHeld(process: Process, held: Process | undefined): Process {
  return held ? { ...process, status: 'processing', fence: held.fence, claim: held.claim } : process;
}

/** What is finished looks as if it had never been begun, to whoever comes with its message. */
function withoutIdempotence(videos: VideoStore): VideoStore {
  const look = once(asNew);
  return {
    ...videos,
    change: (fileId, decide) => videos.change(fileId, (video) => decide(shown(video, look()))),
  };
}

function withoutIdempotenceOverPieces(videos: VideoStore): VideoStore {
  const look = once(asNew);
  return {
    ...videos,
    changePiece: (of, decide) => videos.changePiece(of, (record) => decide(withState(record, look()))),
  };
}

/** The first look is whether there is anything to do. */
function once(look: (process: Process) => Process): () => (process: Process) => Process {
  let isFirst = true;
  return () => {
    const wasFirst = isFirst;
    isFirst = false;
    return wasFirst ? look : (process) => process;
  };
}

function asNew(process: Process): Process {
  return isTerminal(process) ? { ...process, status: 'pending', claim: null } : process;
}

function shown(video: Video, look: (process: Process, type: ProcessType) => Process): Video {
  const processes = { ...video.processes };
  for (const type of PROCESS_TYPES) processes[type] = look(processes[type], type);
  return { ...video, processes };
}

function withState({ video, piece }: PieceOfVideo, look: (state: Process) => Process): PieceOfVideo {
  return { video, piece: { ...piece, state: look(piece.state) } };
}
