import type { ClientRef } from '../core/owner.ts';
import { type NewVideo, newVideo, type Video } from '../core/video.ts';

/** A record as it is right after `POST /upload`. */
export function aVideo(changes: Partial<NewVideo> = {}, now = new Date('2026-01-01T00:00:00Z')): Video {
  return newVideo(
    {
      file_id: '5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11',
      client_id: 'somebody',
      filename: 'Holiday.mp4',
      size: 10,
      content_type: 'video/mp4',
      profile: 'classic',
      trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      upload: { kind: 'single', status: 'awaiting', expires_at: new Date(now.getTime() + 3_600_000).toISOString() },
      ...changes,
    },
    now,
  );
}

/** A client of that name, where nobody signs in. */
export const nobodys = (client_id: string): ClientRef => ({ owner: null, client_id });
