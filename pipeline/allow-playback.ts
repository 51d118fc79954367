import { fileNotFound } from '../core/errors.ts';
import { publicKeys } from '../core/keys.ts';
import type { AccessCookie, Ports } from '../core/ports/index.ts';

/** Ranges are asked for again and again while a video plays: whoever still watches by then asks anew. */
const PLAYBACK_MS = 15 * 60 * 1000;
/**
 * Cookies end at a full five minutes, so that those of two calls are the same. A browser takes policy and signature in one
 * after the other: a player that asks in between must not send the one of one call with the other of another.
 */
const STEP_MS = 5 * 60 * 1000;

/** Lets whoever may see a video have its files for a while, those too that are still to be made. */
export async function allowPlayback(
  { videos, access, now }: Pick<Ports, 'videos' | 'access' | 'now'>,
  fileId: string,
): Promise<{ cookies: AccessCookie[]; expires_at: string; seconds: number }> {
  if (!(await videos.get(fileId))) throw fileNotFound();
  const time = now().getTime();
  const until = new Date(Math.ceil((time + PLAYBACK_MS) / STEP_MS) * STEP_MS);
  const cookies = await access.allow(publicKeys(fileId), until);
  return { cookies, expires_at: until.toISOString(), seconds: Math.floor((until.getTime() - time) / 1000) };
}
