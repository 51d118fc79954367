import { createHash } from 'node:crypto';
import { RequestError } from '../core/errors.ts';
import type { HdrChoice } from '../core/hdr-choice.ts';
import { sourceKey } from '../core/keys.ts';
import type { Ports, SignedPut } from '../core/ports/index.ts';
import type { ProfileName } from '../core/profiles/names.ts';
import { planUpload } from '../core/upload-plan.ts';
import { newVideo, type Video } from '../core/video.ts';
import { type Beginning, beginVideo } from './begin-video.ts';

/** A URL for the whole file is good this long: 32 MiB at 10 kB/s. */
const SINGLE_UPLOAD_MS = 60 * 60 * 1000;
/** A multipart upload may take this long altogether; its URLs are signed part by part, just in time. */
const MULTIPART_UPLOAD_MS = 24 * 60 * 60 * 1000;

export interface UploadRequest {
  filename: string;
  size: number;
  content_type: string;
  client_id: string | undefined;
  profile: ProfileName;
  hdr?: HdrChoice;
  /** The caller's own traceparent, where it has one: the video's trace goes on from there. */
  follows?: string | undefined;
}

export type AcceptedUpload = {
  video: Video;
  upload:
    | ({ kind: 'single'; method: 'PUT' } & SignedPut)
    | { kind: 'multipart'; part_size: number; part_count: number };
};

/**
 * A video begins: its record is written, and the caller learns where to send the bytes. They go straight to S3.
 *
 * @param once - makes a repeat of the same request answer with the first one's video
 */
export function acceptUpload(
  ports: Pick<Ports, 'videos' | 'uploads' | 'now' | 'log'>,
  { follows, ...request }: UploadRequest,
  once?: { key: string; fingerprint: string },
): Promise<AcceptedUpload> {
  return beginVideo(ports, 'accept-upload', follows, (beginning) => accept(ports, request, beginning, once));
}

async function accept(
  { videos, uploads, now }: Pick<Ports, 'videos' | 'uploads' | 'now'>,
  request: Omit<UploadRequest, 'follows'>,
  { fileId, trace }: Beginning,
  once?: { key: string; fingerprint: string },
): Promise<AcceptedUpload> {
  const plan = planUpload(request.size);
  // Before the record: a crash in between leaves an empty multipart upload, which the bucket's lifecycle reclaims.
  const uploadId =
    plan.kind === 'multipart' ? await uploads.createMultipart(sourceKey(fileId), request.content_type) : undefined;
  const lifetime = plan.kind === 'single' ? SINGLE_UPLOAD_MS : MULTIPART_UPLOAD_MS;
  const fresh = newVideo(
    {
      ...request,
      file_id: fileId,
      client_id: request.client_id ?? anonymousClient(once?.key ?? fileId),
      trace,
      upload: {
        status: 'awaiting',
        expires_at: new Date(now().getTime() + lifetime).toISOString(),
        ...plan,
        ...(uploadId && { upload_id: uploadId }),
      },
    },
    now(),
  );
  const video = await videos.create(fresh, once);
  if (video.file_id !== fileId && uploadId) await uploads.abortMultipart({ key: sourceKey(fileId), uploadId });
  return { video, upload: await instructions(uploads, video, now()) };
}

async function instructions(uploads: Ports['uploads'], video: Video, now: Date): Promise<AcceptedUpload['upload']> {
  const { kind, part_size, part_count, expires_at } = video.upload;
  if (kind === 'multipart' && part_size && part_count) return { kind, part_size, part_count };
  if (expires_at <= now.toISOString()) {
    throw new RequestError(410, 'upload_expired', 'The time to send this upload has run out: start it again.');
  }
  const put = { size: video.size, contentType: video.content_type, expiresAt: new Date(expires_at) };
  return { kind: 'single', method: 'PUT', ...(await uploads.presignPut(sourceKey(video.file_id), put)) };
}

/**
 * Who does not say who they are shares nothing with anybody: their video belongs to a client of its own. It is drawn from
 * the idempotency key where there is one, so that a repeated request is recognised.
 */
export function anonymousClient(seed: string): string {
  return `anonymous-${createHash('sha256').update(seed).digest('hex').slice(0, 32)}`;
}
