import { z } from 'zod';
import { Refusal } from './refusal.ts';
import { NOTHING_SPENT, Spent, sumSpent } from './spent.ts';

/** The two things that happen to every video. */
export const PROCESS_TYPES = ['video_enhancement', 'metadata_extraction'] as const;
export type ProcessType = (typeof PROCESS_TYPES)[number];

export const PROCESS_STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type ProcessStatus = (typeof PROCESS_STATUSES)[number];

/** How long a claim stands without a sign of life. Workers renew it about once a second. */
export const LEASE_MS = 10_000;
/** Failures (reported ones and workers that vanished) after which a process is given up. */
export const MAX_FAILURES = 5;

export const Process = z.object({
  status: z.enum(PROCESS_STATUSES),
  /** 0 to 100; never goes down within one attempt. */
  progress: z.number().min(0).max(100),
  /** Why it failed, in words for the person who uploaded the video. */
  error: z.string().nullable(),
  error_code: z.string().nullable(),
  /** Failures in this attempt. */
  failures: z.int().min(0),
  /** Grows with every claim, for ever: the fencing token. Only its newest holder may write. */
  fence: z.int().min(0),
  /** Who works on it; and what that has taken, as of the last sign of life. */
  claim: z
    .object({ worker: z.string(), lease_until: z.iso.datetime(), spent: Spent.default(NOTHING_SPENT) })
    .nullable(),
  /** By all claims that have ended, in all attempts. Each is added by the write that ends it, and so exactly once. */
  spent: Spent.default(NOTHING_SPENT),
  started_at: z.iso.datetime().nullable(),
  finished_at: z.iso.datetime().nullable(),
  last_updated: z.iso.datetime(),
  /** When its task was last given to the broker again for want of any sign of life. */
  nudged_at: z.iso.datetime().nullable().default(null),
});
export type Process = z.infer<typeof Process>;

export function pendingProcess(now: Date): Process {
  return {
    status: 'pending',
    progress: 0,
    error: null,
    error_code: null,
    failures: 0,
    fence: 0,
    claim: null,
    spent: NOTHING_SPENT,
    started_at: null,
    finished_at: null,
    last_updated: now.toISOString(),
    nudged_at: null,
  };
}

/** Whether nothing can happen to it any more, but by a new attempt. */
export function isTerminal(process: Process): boolean {
  return process.status === 'completed' || process.status === 'failed' || process.status === 'cancelled';
}

/**
 * A worker takes the process. Refused when it is finished, when another worker's lease is still good, and when it has
 * failed too often. A claim over an expired lease counts as a failure: its worker vanished without a word.
 */
export function claim(process: Process, worker: string, now: Date): Process | Refusal {
  if (isTerminal(process)) return new Refusal('finished');
  if (process.claim && process.claim.lease_until > now.toISOString()) {
    return new Refusal('held', new Date(process.claim.lease_until));
  }
  const failures = process.failures + (process.claim ? 1 : 0);
  if (failures >= MAX_FAILURES) return new Refusal('exhausted');
  return {
    // Whoever vanished spent what its last sign of life says.
    ...letGo(process),
    status: 'processing',
    failures,
    fence: process.fence + 1,
    claim: { worker, lease_until: leaseFrom(now), spent: NOTHING_SPENT },
    started_at: process.started_at ?? now.toISOString(),
    last_updated: now.toISOString(),
  };
}

/** What the claim's holder has taken so far; nothing when it is not the holder any more. */
export function spend(process: Process, fence: number, spent: Spent): Process {
  return holds(process, fence) ? { ...process, claim: process.claim && { ...process.claim, spent } } : process;
}

/** The claim's holder is alive and has come this far. Renews the lease. */
export function advance(process: Process, fence: number, progress: number, now: Date): Process | Refusal {
  if (!holds(process, fence)) return new Refusal('superseded');
  return {
    ...process,
    progress: Math.max(process.progress, clampProgress(progress)),
    claim: process.claim && { ...process.claim, lease_until: leaseFrom(now) },
    last_updated: now.toISOString(),
  };
}

/**
 * The work is done. As with every ending here: under this claim it may have been written before, when the answer to the
 * write was lost and others changed the record since. Then it is `unchanged`, which is as good as done.
 */
export function complete(process: Process, fence: number, now: Date): Process | Refusal {
  if (ended(process, fence, 'completed')) return new Refusal('unchanged');
  if (!holds(process, fence)) return new Refusal('superseded');
  return finish({ ...process, progress: 100 }, 'completed', now);
}

/** Gives up for good: the input is bad, or the limit is reached. */
export function fail(process: Process, fence: number, reason: Reason, now: Date): Process | Refusal {
  if (ended(process, fence, 'failed')) return new Refusal('unchanged');
  if (!holds(process, fence)) return new Refusal('superseded');
  return finish({ ...process, error: reason.message, error_code: reason.code }, 'failed', now);
}

/** A failure that may pass: back to pending, to be claimed again, or given up when it was one too many. */
export function failForNow(
  process: Process,
  fence: number,
  reason: Reason,
  now: Date,
  most = MAX_FAILURES,
): Process | Refusal {
  if (ended(process, fence, 'pending') || ended(process, fence, 'failed')) return new Refusal('unchanged');
  if (!holds(process, fence)) return new Refusal('superseded');
  const failures = process.failures + 1;
  if (failures >= most) return fail({ ...process, failures }, fence, reason, now);
  return { ...letGo(process), status: 'pending', failures, last_updated: now.toISOString() };
}

/** The holder has done its part, and others go on: in progress, and free to be claimed. */
export function handOver(process: Process, fence: number, progress: number, now: Date): Process | Refusal {
  if (process.status === 'processing' && !process.claim && process.fence === fence) return new Refusal('unchanged');
  const advanced = advance(process, fence, progress, now);
  return advanced instanceof Refusal ? advanced : letGo(advanced);
}

/** The holder hands the process back unfinished, without blame (it was told to stop). */
export function release(process: Process, fence: number, now: Date): Process | Refusal {
  if (process.status === 'pending' && !process.claim && process.fence === fence) return new Refusal('unchanged');
  if (!holds(process, fence)) return new Refusal('superseded');
  return { ...letGo(process), status: 'pending', last_updated: now.toISOString() };
}

/** Given up without a holder: its workers vanished too often. */
export function abandon(process: Process, reason: Reason, now: Date): Process | Refusal {
  if (isTerminal(process)) return new Refusal('finished');
  return finish({ ...process, error: reason.message, error_code: reason.code }, 'failed', now);
}

/** Somebody does not want it any more: whoever holds it learns of that by the next write. */
export function cancel(process: Process, now: Date): Process | Refusal {
  if (isTerminal(process)) return new Refusal('finished');
  return finish(process, 'cancelled', now);
}

export interface Reason {
  code: string;
  message: string;
}

/** A claim ends in one way or another: what it took is added up. */
function letGo(process: Process): Process {
  const { claim, spent } = process;
  return claim ? { ...process, claim: null, spent: sumSpent(spent, claim.spent) } : process;
}

function holds(process: Process, fence: number): boolean {
  return process.status === 'processing' && process.claim !== null && process.fence === fence;
}

function ended(process: Process, fence: number, status: ProcessStatus): boolean {
  return process.status === status && process.fence === fence;
}

function finish(process: Process, status: ProcessStatus, now: Date): Process {
  return { ...letGo(process), status, finished_at: now.toISOString(), last_updated: now.toISOString() };
}

function leaseFrom(now: Date): string {
  return new Date(now.getTime() + LEASE_MS).toISOString();
}

function clampProgress(progress: number): number {
  return Number.isFinite(progress) ? Math.min(100, Math.max(0, Math.round(progress * 10) / 10)) : 0;
}
