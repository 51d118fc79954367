import { fileNotFound, ObjectConflict, RequestError } from '../core/errors.ts';
import { sourceKey } from '../core/keys.ts';
import type { MultipartRef, Ports, UploadedPart } from '../core/ports/index.ts';
import { partLength } from '../core/upload-plan.ts';
import { isInFlight, type Video } from '../core/video.ts';

/** One part's URL is good this long from its signing to the start of its PUT. */
const PART_URL_MS = 15 * 60 * 1000;

type UploadPorts = Pick<Ports, 'videos' | 'uploads' | 'now'>;
interface MultipartVideo {
  video: Video;
  ref: MultipartRef;
  plan: { part_size: number; part_count: number };
}

/** URLs for some parts, signed just in time so that a slow upload never holds stale ones. */
export async function signParts(
  { videos, uploads, now }: UploadPorts,
  fileId: string,
  partNumbers: number[],
): Promise<{ part_number: number; url: string; expires_at: string }[]> {
  const { video, ref, plan } = await openMultipart(videos, fileId);
  const expiresAt = new Date(now().getTime() + PART_URL_MS);
  return Promise.all(
    partNumbers.map(async (number) => {
      const size = partLength(video.size, plan, number);
      if (size === undefined) {
        throw new RequestError(400, 'unknown_part', `This upload has parts 1 to ${plan.part_count}.`, 'part_numbers');
      }
      const url = await uploads.presignPart(ref, { number, size, expiresAt });
      return { part_number: number, url, expires_at: expiresAt.toISOString() };
    }),
  );
}

/** What S3 already has, so that an interrupted upload goes on where it stopped. */
export async function listUploadedParts({ videos, uploads }: UploadPorts, fileId: string): Promise<UploadedPart[]> {
  const { ref } = await openMultipart(videos, fileId);
  try {
    return await uploads.listParts(ref);
  } catch (error) {
    throw asRequestError(error);
  }
}

/**
 * The sender says that everything is there. Joining the parts makes S3 raise the event that starts the work, exactly as
 * a single PUT does; this step changes no state itself, so repeating it is harmless.
 */
export async function completeUpload(
  { videos, uploads }: UploadPorts,
  fileId: string,
  parts: { part_number: number; etag: string }[],
): Promise<Video> {
  const video = await existing(videos, fileId);
  if (video.source || (await uploads.head(sourceKey(fileId)))) return video;
  if (video.upload.kind !== 'multipart') {
    throw new RequestError(409, 'upload_incomplete', 'The file has not arrived yet: PUT it to the given URL first.');
  }
  const { ref, plan } = await openMultipart(videos, fileId);
  if (parts.length !== plan.part_count) {
    throw new RequestError(
      400,
      'invalid_parts',
      `All ${plan.part_count} parts are needed, ${parts.length} were named.`,
      'parts',
    );
  }
  try {
    await uploads.completeMultipart(ref, parts);
  } catch (error) {
    // Somebody else (a repeat of this call) may have been faster.
    if (isGone(error) && (await uploads.head(sourceKey(fileId)))) return video;
    throw asRequestError(error);
  }
  return video;
}

/** The sender gives up: the parts are reclaimed, and the record goes with them. */
export async function abandonUpload({ videos, uploads }: UploadPorts, fileId: string): Promise<void> {
  const video = await existing(videos, fileId);
  if (video.source) {
    throw new RequestError(409, 'upload_complete', 'The upload is complete: cancel or delete the video instead.');
  }
  if (video.upload.upload_id)
    await uploads.abortMultipart({ key: sourceKey(fileId), uploadId: video.upload.upload_id });
  await videos.remove(video);
  // A PUT may have landed a moment ago, and its event before the record went. One that comes later finds no record, and
  // takes the bytes away itself.
  await uploads.remove(sourceKey(fileId));
}

async function openMultipart(videos: Ports['videos'], fileId: string): Promise<MultipartVideo> {
  const video = await existing(videos, fileId);
  const { kind, status, upload_id, part_size, part_count } = video.upload;
  if (kind !== 'multipart' || !upload_id || !part_size || !part_count) {
    throw new RequestError(409, 'not_multipart', 'This upload is sent in one PUT, not in parts.');
  }
  if (status === 'complete' || !isInFlight(video)) throw uploadGone();
  return { video, ref: { key: sourceKey(fileId), uploadId: upload_id }, plan: { part_size, part_count } };
}

async function existing(videos: Ports['videos'], fileId: string): Promise<Video> {
  const video = await videos.get(fileId);
  if (!video) throw fileNotFound();
  return video;
}

function isGone(error: unknown): boolean {
  return error instanceof ObjectConflict && error.code === 'upload_gone';
}

function uploadGone(): RequestError {
  return new RequestError(409, 'upload_gone', 'This upload was completed or aborted: it takes no more parts.');
}

function asRequestError(error: unknown): unknown {
  if (isGone(error)) return uploadGone();
  if (error instanceof ObjectConflict && error.code === 'invalid_parts') {
    return new RequestError(
      400,
      'invalid_parts',
      'A part is missing, too small, or has another etag than S3 holds.',
      'parts',
    );
  }
  return error;
}
