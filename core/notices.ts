import { PROCESS_TYPES, type ProcessStatus, type ProcessType } from './process.ts';
import { isInFlight, type Video } from './video.ts';

/** What a WebSocket client is told. `seq` grows with each change of a video: drop what is not newer. */
export type Notice =
  | { type: 'connection'; timestamp: string; status: 'connected'; client_id: string }
  | { type: 'upload_status'; timestamp: string; file_id: string; seq: number; status: 'uploaded'; message: string }
  | StatusUpdate;

export interface StatusUpdate {
  type: 'status_update';
  timestamp: string;
  file_id: string;
  seq: number;
  process_type: ProcessType;
  status: ProcessStatus;
  progress: number;
  error: string | null;
}

/** What people are told of the change from one state of a record to the next. */
export function noticesOf(before: Video | undefined, after: Video): Notice[] {
  const notices: Notice[] = [];
  if (before?.upload.status !== 'complete' && after.upload.status === 'complete') {
    notices.push({
      type: 'upload_status',
      timestamp: after.updated_at,
      file_id: after.file_id,
      seq: after.seq,
      status: 'uploaded',
      message: 'Video uploaded successfully',
    });
  }
  for (const type of PROCESS_TYPES) {
    const was = before?.processes[type];
    const is = after.processes[type];
    if (!was || was.status !== is.status || was.progress !== is.progress || was.error !== is.error) {
      notices.push(statusUpdate(after, type));
    }
  }
  return notices;
}

/** Where a video stands now, one update per process. */
export function snapshotOf(video: Video): StatusUpdate[] {
  return PROCESS_TYPES.map((type) => statusUpdate(video, type));
}

/** Whether a client that connects now is to hear of this video. */
export function belongsInSnapshot(video: Video, since: Date): boolean {
  return video.updated_at >= since.toISOString() || isInFlight(video);
}

function statusUpdate(video: Video, type: ProcessType): StatusUpdate {
  const { status, progress, error } = video.processes[type];
  return {
    type: 'status_update',
    timestamp: video.updated_at,
    file_id: video.file_id,
    seq: video.seq,
    process_type: type,
    status,
    progress,
    error,
  };
}
