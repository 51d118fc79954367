import { isTerminal, PROCESS_TYPES, type Process, type ProcessType } from './process.ts';
import { awaitsDispatch, isInFlight, type Video } from './video.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** S3's events are now and then more than a minute late: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html */
export const EVENT_LATE_MS = 2 * MINUTE_MS;
/** A part that was signed in the last moment of an upload may still be on its way. */
export const UPLOAD_GRACE_MS = HOUR_MS;
/** A worker renews its lease each second, and the broker gives its task to another one once its connection is gone. */
export const LEASE_OVERDUE_MS = 5 * MINUTE_MS;
/** A task may wait its turn for long: another copy of it is cheap, but one at a time. */
export const NUDGE_MS = HOUR_MS;
/** Nobody waits longer than this for a worker to come. */
export const GIVE_UP_MS = 24 * HOUR_MS;

/**
 * What is the matter with a video, as far as its record tells.
 *
 * - `settled`: nothing more can happen to it
 * - `well`: somebody is at work, or it is too early to worry
 * - `not_arrived`: its upload is open, which that of a cancelled one is, too; `overdue` once its time is up
 * - `not_dispatched`: its bytes are here, but nobody was told
 * - `silent`: these processes show no sign of life; `hopeless` are those that have been silent for too long
 */
export type Diagnosis =
  | { state: 'settled' | 'well' | 'not_dispatched' }
  | { state: 'not_arrived'; overdue: boolean }
  | { state: 'silent'; nudge: ProcessType[]; hopeless: ProcessType[] };

/** Judges a record by its times alone; see {@link Diagnosis}. */
export function diagnose(video: Video, now: Date): Diagnosis {
  const since = (time: string) => now.getTime() - Date.parse(time);
  const overdue = since(video.upload.expires_at) >= UPLOAD_GRACE_MS;
  if (!isInFlight(video) && (video.source || overdue)) return { state: 'settled' };
  if (!video.source) {
    return since(video.updated_at) < EVENT_LATE_MS ? { state: 'well' } : { state: 'not_arrived', overdue };
  }
  if (awaitsDispatch(video)) return { state: since(video.updated_at) < EVENT_LATE_MS ? 'well' : 'not_dispatched' };
  const silent = PROCESS_TYPES.filter((type) => isSilent(video.processes[type], since));
  if (silent.length === 0) return { state: 'well' };
  const hopeless = silent.filter((type) => since(video.processes[type].last_updated) >= GIVE_UP_MS);
  return { state: 'silent', hopeless, nudge: silent.filter((type) => !hopeless.includes(type)) };
}

function isSilent(process: Process, since: (time: string) => number): boolean {
  if (isTerminal(process)) return false;
  if (process.nudged_at && since(process.nudged_at) < NUDGE_MS) return false;
  return process.claim ? since(process.claim.lease_until) >= LEASE_OVERDUE_MS : since(process.last_updated) >= NUDGE_MS;
}
