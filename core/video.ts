import { z } from 'zod';
import { DEFAULT_HDR, HDR_CHOICES } from './hdr-choice.ts';
import { Owner } from './owner.ts';
import { Work } from './pieces.ts';
import { cancel, isTerminal, PROCESS_TYPES, Process, type ProcessType, pendingProcess } from './process.ts';
import { PROFILE_NAMES } from './profiles/names.ts';
import { Refusal } from './refusal.ts';
import { EnhancementReport } from './report.ts';
import { CHUNK_SECONDS } from './timeline.ts';

export const FileId = z.uuid();
/** Who uploads. 1 to 128 characters of `A-Za-z0-9_.-`. */
export const CLIENT_ID = /^[A-Za-z0-9_.-]{1,128}$/;
export const ClientId = z.string().regex(CLIENT_ID, 'must be 1 to 128 characters of A-Za-z0-9_.-');

const Upload = z.object({
  kind: z.enum(['single', 'multipart', 'form']),
  status: z.enum(['awaiting', 'complete']),
  expires_at: z.iso.datetime(),
  /** S3's name for the multipart upload; never leaves the server. */
  upload_id: z.string().optional(),
  part_size: z.int().optional(),
  part_count: z.int().optional(),
});

const Source = z.object({
  key: z.string(),
  size: z.int(),
  etag: z.string(),
  /** The full-object checksum S3 keeps (CRC64NVME), where it has one. */
  checksum: z.string().nullable(),
});

const EnhancedOutput = z.object({
  key: z.string(),
  size: z.int(),
  etag: z.string(),
  content_type: z.string(),
  /** The encoder that wrote it, by FFmpeg's name. */
  encoder: z.string(),
  /** What else its bytes depend on, where it was made of chunks: the encoder's threads, and FFmpeg's version. */
  threads: z.int().optional(),
  build: z.string().optional(),
  duration_seconds: z.number(),
});

const MetadataOutput = z.object({ key: z.string(), size: z.int(), etag: z.string() });

/** How the source is shown to browsers: itself; its streams in a container that they read; or encoded anew, lighter. */
export const SHARINGS = ['original', 'rewrapped', 'proxy'] as const;

const SharedSource = z.object({
  key: z.string(),
  size: z.int(),
  etag: z.string(),
  content_type: z.string(),
  sharing: z.enum(SHARINGS),
});

const Poster = z.object({
  key: z.string(),
  size: z.int(),
  etag: z.string(),
  content_type: z.string(),
  width: z.int(),
  height: z.int(),
  /** The same picture in WebP, where it could be made. */
  webp: z.object({ key: z.string(), size: z.int(), etag: z.string() }).optional(),
});

/** What the work on one process took. */
export const Receipt = z.object({
  wall_seconds: z.number(),
  /** Of FFmpeg; null where it was not measured. */
  cpu_seconds: z.number().nullable(),
  bytes_read: z.int(),
  bytes_written: z.int(),
  /** Seconds by step, in the order they ran. */
  steps: z.record(z.string(), z.number()),
});
export type Receipt = z.infer<typeof Receipt>;

/** The record of a video: the one truth about it. Times are ISO 8601 UTC, sizes bytes. */
export const Video = z.object({
  v: z.literal(1),
  file_id: FileId,
  owner: Owner.default(null),
  client_id: ClientId,
  filename: z.string(),
  size: z.int(),
  content_type: z.string(),
  profile: z.enum(PROFILE_NAMES),
  /** What becomes of high dynamic range, where the source has it. */
  hdr: z.enum(HDR_CHOICES).default(DEFAULT_HDR),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  /** Grows by one with each change; the store's version and the order in which clients see changes. */
  seq: z.int().min(1),
  /** 1 at first; a retry by the user adds one. */
  attempt: z.int().min(1),
  /** The attempt whose task is known to be with the broker; 0 before the first. */
  dispatched_attempt: z.int().min(0),
  trace: z.string(),
  upload: Upload,
  source: Source.nullable(),
  processes: z.record(z.enum(PROCESS_TYPES), Process),
  /** What was found in the video and what is done about it; known before the work on its frames begins. */
  analysis: EnhancementReport.nullable().default(null),
  /** How long the chunks are that it is to be cut into, in seconds; 0 where it is to be worked on whole. */
  chunk_seconds: z.number().min(0).default(CHUNK_SECONDS),
  /** The enhancement as it is divided among workers, while it is. */
  work: Work.nullable().default(null),
  outputs: z.object({
    enhanced: EnhancedOutput.optional(),
    metadata: MetadataOutput.optional(),
    source: SharedSource.optional(),
    poster: Poster.optional(),
  }),
  receipts: z.partialRecord(z.enum(PROCESS_TYPES), Receipt),
});
export type Video = z.infer<typeof Video>;

export type NewVideo = Pick<
  Video,
  'file_id' | 'client_id' | 'filename' | 'size' | 'content_type' | 'profile' | 'trace' | 'upload'
> &
  Partial<Pick<Video, 'hdr' | 'owner'>>;

/** A record as it is when a video is asked for, before any of its bytes are here. */
export function newVideo(from: NewVideo, now: Date): Video {
  return {
    v: 1,
    hdr: DEFAULT_HDR,
    owner: null,
    ...from,
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
    seq: 1,
    attempt: 1,
    dispatched_attempt: 0,
    source: null,
    processes: { video_enhancement: pendingProcess(now), metadata_extraction: pendingProcess(now) },
    analysis: null,
    chunk_seconds: CHUNK_SECONDS,
    work: null,
    outputs: {},
    receipts: {},
  };
}

/** Whether something can still happen to this video by itself. */
export function isInFlight(video: Video): boolean {
  return PROCESS_TYPES.some((type) => !isTerminal(video.processes[type]));
}

/** Applies a decision about one process to the record; refusals pass through. */
export function changeProcess(
  video: Video,
  type: ProcessType,
  decide: (process: Process) => Process | Refusal,
  now: Date,
): Video | Refusal {
  const decided = decide(video.processes[type]);
  if (decided instanceof Refusal) return decided;
  return { ...video, processes: { ...video.processes, [type]: decided }, updated_at: now.toISOString() };
}

/** The upload is whole: its bytes are known, and cannot change any more. Refused when that was known before. */
export function receiveSource(video: Video, source: z.infer<typeof Source>, now: Date): Video | Refusal {
  if (video.source) return new Refusal('unchanged');
  return { ...video, source, upload: { ...video.upload, status: 'complete' }, updated_at: now.toISOString() };
}

/** Whether this attempt's task is still to be handed to the broker. */
export function awaitsDispatch(video: Video): boolean {
  return video.source !== null && isInFlight(video) && video.dispatched_attempt < video.attempt;
}

/** The broker has confirmed this attempt's task. */
export function markDispatched(video: Video, now: Date): Video | Refusal {
  if (!awaitsDispatch(video)) return new Refusal('unchanged');
  return { ...video, dispatched_attempt: video.attempt, updated_at: now.toISOString() };
}

/** Ends whatever can still happen. Refused when nothing can. */
export function cancelVideo(video: Video, now: Date): Video | Refusal {
  if (!isInFlight(video)) return new Refusal('finished');
  const processes = { ...video.processes };
  for (const type of PROCESS_TYPES) {
    const cancelled = cancel(processes[type], now);
    if (!(cancelled instanceof Refusal)) processes[type] = cancelled;
  }
  return { ...video, processes, work: null, updated_at: now.toISOString() };
}

/** Every output that the record names. */
export function outputKeys({ outputs: { enhanced, metadata, source, poster } }: Pick<Video, 'outputs'>): string[] {
  return [enhanced, metadata, source, poster, poster?.webp].flatMap((output) => output?.key ?? []);
}

/** Whether what lies under a public key is of no use: its video is gone, or has come to its end without it. */
export function isUnwanted(video: Video | undefined, key: string): boolean {
  return !video || (!isInFlight(video) && !outputKeys(video).includes(key));
}

/** The source of a video that has been dispatched: it is known by then, and cannot change. */
export function sourceOf(video: Video): NonNullable<Video['source']> {
  if (!video.source) throw new Error(`video ${video.file_id} has no source yet`);
  return video.source;
}
