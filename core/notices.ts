import { z } from 'zod';
import { PROCESS_STATUSES, PROCESS_TYPES, type ProcessType } from './process.ts';
import { FileId, isInFlight, type Video } from './video.ts';

const timestamp = z.iso.datetime();
/** Grows with each change of the video: drop what is not newer. */
const seq = z.int();

/** The first message on every connection. */
export const Greeting = z.object({
  type: z.literal('connection'),
  timestamp,
  status: z.literal('connected'),
  client_id: z.string(),
});

/** The bytes have arrived. */
export const UploadStatus = z.object({
  type: z.literal('upload_status'),
  timestamp,
  file_id: FileId,
  seq,
  status: z.literal('uploaded'),
  message: z.string(),
});

/** Where one process of one video stands. */
export const StatusUpdate = z.object({
  type: z.literal('status_update'),
  timestamp,
  file_id: FileId,
  seq,
  process_type: z.enum(PROCESS_TYPES),
  status: z.enum(PROCESS_STATUSES),
  /** 0 to 100; never goes down within one attempt. */
  progress: z.number().min(0).max(100),
  error: z.string().nullable(),
});
export type StatusUpdate = z.infer<typeof StatusUpdate>;

/** What a WebSocket client is told without having asked. */
export const Notice = z.discriminatedUnion('type', [Greeting, UploadStatus, StatusUpdate]);
export type Notice = z.infer<typeof Notice>;

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
