import { sourceKey } from '../core/keys.ts';
import type { Ports } from '../core/ports/index.ts';
import { newVideo, type Video } from '../core/video.ts';
import { anonymousClient, type UploadRequest } from './accept-upload.ts';
import { type Beginning, beginVideo } from './begin-video.ts';

/** The body is already here: a minute is plenty to pass it on. */
const FORM_UPLOAD_MS = 60_000;

/**
 * The short way for small files: the bytes came with the request (a form), and are put into S3 on the caller's behalf.
 * S3's event then starts the work, as for every upload.
 */
export function receiveForm(
  ports: Pick<Ports, 'videos' | 'uploads' | 'now' | 'log'>,
  { follows, ...request }: UploadRequest,
  body: Uint8Array,
): Promise<Video> {
  return beginVideo(ports, 'receive-form', follows, (beginning) => receive(ports, request, beginning, body));
}

async function receive(
  { videos, uploads, now }: Pick<Ports, 'videos' | 'uploads' | 'now'>,
  request: Omit<UploadRequest, 'follows'>,
  { fileId, trace }: Beginning,
  body: Uint8Array,
): Promise<Video> {
  const video = await videos.create(
    newVideo(
      {
        ...request,
        file_id: fileId,
        client_id: request.client_id ?? anonymousClient(fileId),
        trace,
        upload: {
          kind: 'form',
          status: 'awaiting',
          expires_at: new Date(now().getTime() + FORM_UPLOAD_MS).toISOString(),
        },
      },
      now(),
    ),
  );
  try {
    await uploads.write(sourceKey(fileId), body, { contentType: request.content_type }, { absent: true });
  } catch (error) {
    await videos.remove(video);
    throw error;
  }
  return video;
}
