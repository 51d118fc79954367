import { planFor } from '../core/conform.ts';
import { keepsHdr, planKeepingHdr } from '../core/conform-keep.ts';
import { attemptKey, enhancedKey } from '../core/keys.ts';
import type { TaskMessage } from '../core/messages.ts';
import type { Pace } from '../core/pace.ts';
import type { ObjectMeta, Ports } from '../core/ports/index.ts';
import { profiles } from '../core/profiles/index.ts';
import { passthrough } from '../core/profiles/passthrough.ts';
import { rangeSource } from '../core/range-source.ts';
import { reportOn } from '../core/report-on.ts';
import { sourceOf } from '../core/video.ts';
import { analyse } from './analyse.ts';
import { makePoster } from './make-poster.ts';
import { makeVisible } from './make-visible.ts';
import { shareSource } from './share-source.ts';
import { type Claim, type Finished, underClaim } from './under-claim.ts';

/** Where each step ends in the progress that people see; the rest is the way to S3. */
const ANALYSED = 5;
const ENHANCED = 85;
const SHARED = 95;

/** A retry may write another file under the same address, so caches ask each time; the etag makes that cheap. */
const CACHE_CONTROL = 'public, max-age=0, must-revalidate';

type EnhancePorts = Pick<
  Ports,
  'videos' | 'uploads' | 'files' | 'tasks' | 'media' | 'vision' | 'scratch' | 'now' | 'log'
>;

/**
 * Makes the video look better: looks at it, decides what to mend, writes the result under this claim, and moves it to
 * its public address once the claim has proved to stand. The source is read where it lies.
 */
export function enhance(
  ports: EnhancePorts,
  message: TaskMessage,
  worker: string,
  signal: AbortSignal,
  pace?: Pace,
): Promise<void> {
  const task = { type: 'video_enhancement', queue: 'enhance', message, worker, signal, pace } as const;
  return underClaim(ports, task, (claim) => ports.scratch((folder) => enhanceInto(ports, claim, folder)));
}

async function enhanceInto(ports: EnhancePorts, claim: Claim, scratch: string): Promise<Finished> {
  const { uploads, files, media } = ports;
  const { video, fence, signal, step } = claim;
  const source = rangeSource(uploads, sourceOf(video));
  const staged = attemptKey(video.file_id, fence, 'enhanced');
  const within = (from: number, to: number) => (percent: number) =>
    claim.progress(from + (percent * (to - from)) / 100);
  try {
    const probe = await step('probe', () => media.probe(source, signal));
    const { facts } = probe;
    const kept = keepsHdr(facts, video.hdr);
    const profile = kept ? passthrough : profiles[video.profile];
    const seen = profile.analyses ? await step('analyse', () => analyse(ports, source, facts, signal)) : null;
    const plan = kept ? planKeepingHdr(facts) : planFor(profile, facts, seen);
    const analysis = reportOn(profile, plan, seen, facts);
    await claim.report(analysis);

    const job = { source, facts, plan, scratch, onProgress: within(ANALYSED, ENHANCED), signal };
    const enhanced = await step('enhance', () => media.enhance(job));
    const done = enhanced.otherwise ?? plan;
    const poster = await makePoster(ports, claim, { ...enhanced, shown: done.hdr?.shown, scratch });
    const showing = { source, scratch, onProgress: within(ENHANCED, SHARED) };
    const shared = await shareSource(ports, claim, probe, seen?.interlacing ?? null, showing);

    const meta: ObjectMeta = { contentType: enhanced.contentType, cacheControl: CACHE_CONTROL };
    await step('store', () => files.writeFile(staged, enhanced.path, meta, signal));
    claim.progress(99);
    const { written, undo } = await step('publish', () =>
      makeVisible(files, claim, enhancedKey(video.file_id), (condition) =>
        files.copy(staged, enhancedKey(video.file_id), meta, condition),
      ),
    );
    return {
      outputs: {
        ...poster.outputs,
        ...shared.outputs,
        enhanced: {
          key: written.key,
          size: enhanced.size,
          etag: written.etag,
          content_type: enhanced.contentType,
          encoder: enhanced.encoder,
          duration_seconds: enhanced.durationSeconds,
        },
      },
      analysis: { ...reportOn(profile, done, seen, facts), notes: enhanced.notes ?? [] },
      receipt: {
        cpu_seconds: rounded(enhanced.cpuSeconds + poster.cpuSeconds + shared.cpuSeconds),
        bytes_read: source.bytesRead(),
        bytes_written: enhanced.size + poster.bytesWritten + shared.bytesWritten,
      },
      undo: async () => void (await Promise.all([undo(), poster.undo(), shared.undo()])),
    };
  } finally {
    await files.remove(staged);
  }
}

const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000;
