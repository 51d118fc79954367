import { ObjectConflict, RequestError } from '../core/errors.ts';
import { sourceKey } from '../core/keys.ts';
import type { Ports } from '../core/ports/index.ts';
import { standingOf } from '../core/standing.ts';
import { isInFlight, newVideo, type Video } from '../core/video.ts';
import { anonymousClient, type UploadRequest } from './accept-upload.ts';
import { type Beginning, beginVideo } from './begin-video.ts';

/** The body is already here: a minute is plenty to pass it on. */
const FORM_UPLOAD_MS = 60_000;

type FormPorts = Pick<Ports, 'videos' | 'uploads' | 'now' | 'log'>;

/**
 * The short way for small files: the bytes came with the request (a form), and are put into S3 on the caller's behalf.
 * S3's event then starts the work, as for every upload.
 *
 * @param once makes a repeat of the same form answer with the first one's video. Where the first one's bytes could not be
 *   stored, its record stays for the repeat to bring them; if none comes, the sweeper ends it as an upload that never came
 * @throws RequestError 409 `idempotency_conflict` where the key came with another form, 410 `upload_expired` where the
 *   bytes never arrived and the record was given up
 */
export function receiveForm(
  ports: FormPorts,
  { follows, ...request }: UploadRequest,
  body: Uint8Array,
  once?: { key: string; fingerprint: string },
): Promise<Video> {
  return beginVideo(ports, 'receive-form', follows, (beginning) => receive(ports, request, beginning, body, once));
}

async function receive(
  { videos, uploads, now }: FormPorts,
  request: Omit<UploadRequest, 'follows'>,
  { fileId, trace }: Beginning,
  body: Uint8Array,
  once: { key: string; fingerprint: string } | undefined,
): Promise<Video> {
  const expiresAt = new Date(now().getTime() + FORM_UPLOAD_MS).toISOString();
  const client_id = request.client_id ?? anonymousClient(once?.key ?? fileId);
  const upload = { kind: 'form', status: 'awaiting', expires_at: expiresAt } as const;
  const video = await videos.create(newVideo({ ...request, file_id: fileId, client_id, trace, upload }, now()), once);
  // What was cancelled meanwhile gets the first answer too, but no bytes.
  if (video.source || standingOf(video) === 'cancelled') return video;
  if (!isInFlight(video)) {
    throw new RequestError(410, 'upload_expired', 'This upload was given up: send it again with another key.');
  }
  try {
    await uploads.write(sourceKey(video.file_id), body, { contentType: video.content_type }, { absent: true });
  } catch (error) {
    // They are there already: the very same, since the key's fingerprint holds theirs.
    if (once && error instanceof ObjectConflict) return video;
    if (!once) await videos.remove(video);
    throw error;
  }
  return video;
}
