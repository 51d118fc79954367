import { randomUUID } from 'node:crypto';
import { costOf } from '../../core/prices/cost-of.ts';
import { pricesIn } from '../../core/prices/prices.ts';
import { type ProcessType, pendingProcess } from '../../core/process.ts';
import { PROCESS_TYPES } from '../state.ts';
import type { ProcessRecord, VideoRecord } from '../types.ts';

export interface Stored {
  record: VideoRecord;
  parts: Map<number, { etag: string; bytes: Buffer }>;
  /** The whole file, once the storage has it. */
  source: Buffer | undefined;
}

export interface UploadBody {
  filename: string;
  size: number;
  content_type: string;
  client_id: string;
  profile?: string;
  hdr?: VideoRecord['hdr'];
}

const NEW = pendingProcess(new Date());
const NO_COST = costOf({ processes: { video_enhancement: NEW, metadata_extraction: NEW } }, pricesIn('us-east-1'));

/** The videos of a test server, and what happens to them. `tell` is how listeners hear of it. */
export function videoShelf(tell: (message: Record<string, unknown>) => void) {
  const videos = new Map<string, Stored>();
  const files = new Map<string, { type: string; body: Buffer }>();
  let eventsHeld = false;
  let work = (_fileId: string) => {};

  const stored = (fileId: string): Stored => {
    const found = videos.get(fileId);
    if (!found) throw new Error(`no video ${fileId}`);
    return found;
  };
  const about = ({ file_id, seq, updated_at }: VideoRecord) => ({ timestamp: updated_at, file_id, seq });
  const update = (record: VideoRecord, process_type: ProcessType) => {
    const { status, progress, error } = record.processes[process_type];
    return { ...about(record), type: 'status_update', process_type, status, progress, error };
  };

  /** Changes a process, and tells the listeners unless `silently`. */
  function change(fileId: string, type: ProcessType, is: Partial<ProcessRecord>, how?: 'silently'): void {
    const { record } = stored(fileId);
    record.seq += 1;
    record.processes[type] = { ...record.processes[type], ...is };
    if (how !== 'silently') tell(update(record, type));
  }

  return {
    videos,
    files,
    stored,
    change,

    create({ filename, size, content_type, client_id, hdr = 'sdr' }: UploadBody, kind: 'single' | 'multipart'): Stored {
      const file_id = randomUUID();
      const now = new Date().toISOString();
      const process: ProcessRecord = {
        status: 'pending',
        progress: 0,
        error: null,
        error_code: null,
        failures: 0,
        claims: 0,
        started_at: null,
        finished_at: null,
        last_updated: now,
      };
      const record: VideoRecord = {
        file_id,
        client_id,
        filename,
        size,
        content_type,
        profile: 'classic',
        hdr,
        status: 'awaiting_upload',
        created_at: now,
        updated_at: now,
        seq: 1,
        attempt: 1,
        upload: { kind, status: 'awaiting', expires_at: now },
        source: null,
        processes: { video_enhancement: process, metadata_extraction: process },
        analysis: null,
        outputs: {},
        receipts: {},
        cost: NO_COST,
      };
      const video: Stored = { record, parts: new Map(), source: undefined };
      videos.set(file_id, video);
      return video;
    },

    /** The storage has all of it; the record learns of it by an event. */
    arrived(video: Stored, source: Buffer): void {
      video.source = source;
      if (eventsHeld) return;
      video.record.upload.status = 'complete';
      video.record.seq += 1;
      tell({
        ...about(video.record),
        type: 'upload_status',
        status: 'uploaded',
        message: 'Video uploaded successfully',
      });
      work(video.record.file_id);
    },

    /** Both processes succeed, with these bytes for a result. */
    complete(fileId: string, enhanced = Buffer.from('enhanced'), content_type = 'video/mp4'): void {
      const { outputs } = stored(fileId).record;
      const video = `/processed_videos/${fileId}`;
      const document = `/metadata/${fileId}.json`;
      const metadata = Buffer.from(JSON.stringify({ file_id: fileId }));
      files.set(video, { type: content_type, body: enhanced });
      files.set(document, { type: 'application/json', body: metadata });
      const facts = { content_type, encoder: 'libx264', duration_seconds: 1 };
      outputs.enhanced = { path: video, size: enhanced.length, etag: '"e"', ...facts };
      outputs.metadata = { path: document, size: metadata.length, etag: '"e"' };
      change(fileId, 'metadata_extraction', { status: 'completed', progress: 100 });
      change(fileId, 'video_enhancement', { status: 'completed', progress: 100 });
    },

    /** Tells listeners something about a video as it stands. */
    say: (fileId: string, message: Record<string, unknown>) => tell({ ...about(stored(fileId).record), ...message }),
    snapshot: () => [...videos.values()].flatMap(({ record }) => PROCESS_TYPES.map((type) => update(record, type))),
    /** What is to happen to every video from now on, once it is uploaded. */
    onUpload(does: (fileId: string) => void): void {
      work = does;
    },
    /** Storage events stay away, as they can for over a minute. */
    holdEvents(): void {
      eventsHeld = true;
    },
  };
}
