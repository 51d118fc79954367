import { RequestError } from './errors.ts';
import type { Video } from './video.ts';

/** How much may be begun: what protects whoever pays for it. */
export interface UseLimits {
  /** By one client within an hour of the clock; a video that is tried again counts as one more. */
  uploadsPerHour: number;
  /** Of all clients, from the request to upload to the end of all work. */
  videosInFlight: number;
}

/** Where no setting says otherwise: more than anybody does on a machine of their own. */
export const DEFAULT_USE_LIMITS: UseLimits = { uploadsPerHour: 10_000, videosInFlight: 10_000 };

const HOUR_MS = 60 * 60 * 1000;
/** Videos take minutes. */
const LOOK_AGAIN_SECONDS = 60;

/** There is too much of it now; later there may not be. */
export class Overuse extends RequestError {
  readonly retryAfterSeconds: number;

  constructor(status: 429 | 503, code: string, detail: string, retryAfterSeconds: number) {
    super(status, code, detail);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** 429 `too_many_uploads`, until the hour is over. */
export function tooManyUploads({ uploadsPerHour }: UseLimits, now: Date): Overuse {
  const seconds = Math.ceil((endOfHour(now).getTime() - now.getTime()) / 1000);
  const minutes = Math.ceil(seconds / 60);
  const wait = `${minutes} minute${minutes === 1 ? '' : 's'}`;
  const detail = `You have begun ${uploadsPerHour} videos within this hour, as many as one may. Go on in ${wait}.`;
  return new Overuse(429, 'too_many_uploads', detail, seconds);
}

/** 503 `too_many_videos`: of all clients together, so it is nothing that this one did. */
export function tooManyVideos(): Overuse {
  const detail = 'As many videos as there can be at once are being worked on. Try again in a minute.';
  return new Overuse(503, 'too_many_videos', detail, LOOK_AGAIN_SECONDS);
}

/** `2026-11-26T10`: uploads are counted by the hour of the clock. */
export function hourOf(now: Date): string {
  return now.toISOString().slice(0, 13);
}

export function endOfHour(now: Date): Date {
  return new Date((Math.floor(now.getTime() / HOUR_MS) + 1) * HOUR_MS);
}

/**
 * Who is counted: who signed in, or else the client. Those who do not say who they are share one count, or saying nothing
 * would be the way around it.
 */
export function spenderOf({ owner, client_id }: Pick<Video, 'owner' | 'client_id'>): string {
  if (owner !== null) return owner;
  return /^anonymous-[0-9a-f]{32}$/.test(client_id) ? 'anonymous' : client_id;
}
