import type { Cost } from '../core/cost.ts';
import type { HdrChoice } from '../core/hdr-choice.ts';
import type { Process, ProcessStatus, ProcessType } from '../core/process.ts';
import type { ProfileName } from '../core/profiles/names.ts';
import type { VideoStatus } from '../core/standing.ts';
import type { Video } from '../core/video.ts';

/** A video as `GET /videos/{file_id}` shows it. Times are ISO 8601 UTC, sizes bytes. */
export type VideoRecord = Pick<
  Video,
  | 'file_id'
  | 'client_id'
  | 'filename'
  | 'size'
  | 'content_type'
  | 'profile'
  | 'hdr'
  | 'created_at'
  | 'updated_at'
  | 'seq'
  | 'attempt'
  | 'receipts'
  | 'analysis'
> & {
  status: VideoStatus;
  /** What all work on it has taken, and what that costs by list price. */
  cost: Cost;
  upload: Pick<Video['upload'], 'kind' | 'status' | 'expires_at'>;
  source: Omit<NonNullable<Video['source']>, 'key'> | null;
  processes: Record<ProcessType, ProcessRecord>;
  outputs: {
    enhanced?: Served<Video['outputs']['enhanced']>;
    metadata?: Served<Video['outputs']['metadata']>;
    /** The original as browsers play it. */
    source?: Served<Video['outputs']['source']>;
    poster?: Omit<Served<Video['outputs']['poster']>, 'webp'> & { webp?: { path: string; size: number; etag: string } };
  };
};

export type ProcessRecord = Omit<Process, 'fence' | 'claim' | 'spent' | 'nudged_at'> & {
  /** How often a worker took it up. */
  claims: number;
};

/** An output, by the path it can be fetched from. */
type Served<Output> = Omit<NonNullable<Output>, 'key'> & { path: string };

/** What somebody who waits for a video wants to know. */
export interface VideoState {
  file_id: string;
  /** Whether the server has all of the source. */
  uploaded: boolean;
  processes: Record<ProcessType, ProcessState>;
}

export interface ProcessState {
  status: ProcessStatus;
  /** 0 to 100; never goes down within one attempt. */
  progress: number;
  error: string | null;
}

/** A file to upload, of any size: a browser's `File`, or what `fileAt()` makes of one on a disk. */
export interface UploadFile {
  name: string;
  size: number;
  /** `video/…`; told by the name where it is not. What counts in the end are the bytes. */
  type: string;
  /** Bytes `start` to before `end`, read when they are sent. */
  slice(start: number, end: number): Blob;
}

/** How the source is to be sent, without the URLs, which do not last. */
export type UploadPlan = { kind: 'single' } | { kind: 'multipart'; part_size: number; part_count: number };

/** What is needed to continue an interrupted upload: plain JSON, to be kept wherever the caller likes. */
export interface UploadSession {
  file_id: string;
  idempotency_key: string;
  upload: UploadPlan;
}

/** An upload that was asked for and never answered: the server may have begun it, and knows it by this name. */
export type UploadRequested = Pick<UploadSession, 'idempotency_key'>;

export interface UploadOptions {
  profile?: ProfileName | undefined;
  /** What becomes of high dynamic range: standard range unless it is to be kept. */
  hdr?: HdrChoice | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes the server has; never goes down. */
  onProgress?: (sent: number, total: number) => void;
  /** Called before the server is asked, so that an upload whose answer is lost is not begun twice. */
  onAsk?: (requested: UploadRequested) => void | Promise<void>;
  /** Called before the first byte moves, so that the session can be kept. */
  onStart?: (session: UploadSession) => void | Promise<void>;
  /** What was kept of the same file. Where its video is gone, failed or cancelled, the upload starts anew. */
  resume?: UploadSession | UploadRequested | undefined;
}

/** What is to be different the next time. */
export interface RetryChanges {
  profile?: ProfileName | undefined;
  hdr?: HdrChoice | undefined;
}

export interface ListOptions {
  q?: string;
  limit?: number;
  cursor?: string;
  /** Where people sign in: what all of their clients sent. */
  everyClient?: boolean;
  signal?: AbortSignal;
}

export interface VideoPage {
  videos: VideoRecord[];
  /** Where the next page begins; null on the last. */
  cursor: string | null;
}
