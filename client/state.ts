import type { Notice } from '../core/notices.ts';
import type { ProcessType } from '../core/process.ts';
import type { ProcessState, VideoRecord, VideoState } from './types.ts';

// Named here again because core/process.ts would bring its schemas, and zod, into the page. The types hold them equal.
const PROCESSES = { video_enhancement: true, metadata_extraction: true } satisfies Record<ProcessType, true>;
export const PROCESS_TYPES = Object.keys(PROCESSES) as ProcessType[];

/** What is known of a video, and how new each part of it is. Never changed in place. */
export interface Known {
  state: VideoState;
  /** The `seq` of the newest news of each process; 0 before any. */
  seqs: Record<ProcessType, number>;
}

export function nothingKnown(fileId: string): Known {
  const pending: ProcessState = { status: 'pending', progress: 0, error: null };
  return {
    state: {
      file_id: fileId,
      uploaded: false,
      processes: { video_enhancement: pending, metadata_extraction: pending },
    },
    seqs: { video_enhancement: 0, metadata_extraction: 0 },
  };
}

/** Takes in a message about this video. Messages overtake each other and come twice, so one that is not newer leaves all as it was. */
export function withNotice(known: Known, notice: Notice): Known {
  if (notice.type === 'connection') return known;
  if (notice.type === 'upload_status') return withUploaded(known);
  const { process_type, seq, status, progress, error } = notice;
  return withProcess(known, process_type, seq, { status, progress, error });
}

/** Takes in the whole record. It was read at one moment, but may be older than messages that came meanwhile. */
export function withRecord(known: Known, record: VideoRecord): Known {
  let next = record.upload.status === 'complete' ? withUploaded(known) : known;
  for (const type of PROCESS_TYPES) {
    const { status, progress, error } = record.processes[type];
    next = withProcess(next, type, record.seq, { status, progress, error });
  }
  return next;
}

/** Whether nothing more will happen by itself. */
export function isSettled({ processes }: VideoState): boolean {
  return PROCESS_TYPES.every((type) => ['completed', 'failed', 'cancelled'].includes(processes[type].status));
}

function withUploaded(known: Known): Known {
  return known.state.uploaded ? known : { ...known, state: { ...known.state, uploaded: true } };
}

function withProcess(known: Known, type: ProcessType, seq: number, is: ProcessState): Known {
  if (seq <= known.seqs[type]) return known;
  const seqs = { ...known.seqs, [type]: seq };
  const was = known.state.processes[type];
  // The same object where nothing visible changed, so that nobody is told of it.
  if (was.status === is.status && was.progress === is.progress && was.error === is.error) return { ...known, seqs };
  // Work begins only on what has been uploaded.
  const uploaded = known.state.uploaded || is.status === 'processing' || is.status === 'completed';
  return { seqs, state: { ...known.state, uploaded, processes: { ...known.state.processes, [type]: is } } };
}
