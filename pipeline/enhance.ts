import { planFor } from '../core/conform.ts';
import { keepsHdr, planKeepingHdr } from '../core/conform-keep.ts';
import type { TaskMessage } from '../core/messages.ts';
import type { Pace } from '../core/pace.ts';
import { beginWork } from '../core/pieces.ts';
import type { Ports } from '../core/ports/index.ts';
import { handOver } from '../core/process.ts';
import { profiles } from '../core/profiles/index.ts';
import { passthrough } from '../core/profiles/passthrough.ts';
import { rangeSource } from '../core/range-source.ts';
import { Refusal } from '../core/refusal.ts';
import { reportOn } from '../core/report-on.ts';
import { sourceOf, type Video } from '../core/video.ts';
import { analyse } from './analyse.ts';
import { workersPresent } from './claim-piece.ts';
import { completed, underProcessClaim } from './claim-process.ts';
import { giveOut, PLANNED_PERCENT } from './give-out.ts';
import { makePoster } from './make-poster.ts';
import { forgetPlan, type PlanDocument, writePlan } from './plan-document.ts';
import { publishEnhanced } from './publish-enhanced.ts';
import { shareSource } from './share-source.ts';
import type { Claim, Finished } from './under-claim.ts';

/** Where each step ends in the progress that people see; the rest is the way to S3. */
const ENHANCED = 85;
const SHARED = 95;

export type EnhancePorts = Pick<
  Ports,
  'videos' | 'uploads' | 'files' | 'tasks' | 'media' | 'vision' | 'workers' | 'meter' | 'scratch' | 'now' | 'log'
>;

/**
 * Makes the video look better: looks at it and decides what to mend. A long one is cut into pieces, which go to as many
 * workers as there are; a short one is done here and now: the result is written under this claim, and moved to its
 * public address once the claim has proved to stand. The source is read where it lies.
 */
export function enhance(
  ports: EnhancePorts,
  message: TaskMessage,
  worker: string,
  signal: AbortSignal,
  pace?: Pace,
): Promise<void> {
  const task = {
    ...({ type: 'video_enhancement', queue: 'enhance', message, worker, signal, pace } as const),
    admits: ({ work }: Video) => (work ? new Refusal('in_pieces') : undefined),
    // Planned before, by whoever did not live to say so; or long ago, and its messages may be lost.
    refused: async () => {
      const video = await ports.videos.get(message.file_id);
      if (video?.attempt === message.attempt) await giveOut(ports, video);
    },
  };
  return underProcessClaim(ports, task, (claim) => ports.scratch((folder) => enhanceInto(ports, claim, folder)));
}

async function enhanceInto(ports: EnhancePorts, claim: Claim<Video>, scratch: string): Promise<Finished<Video>> {
  const { uploads, media } = ports;
  const { video, signal, step } = claim;
  const source = rangeSource(uploads, sourceOf(video));
  const probe = await step('probe', () => media.probe(source, signal));
  const { facts } = probe;
  const kept = keepsHdr(facts, video.hdr);
  const profile = kept ? passthrough : profiles[video.profile];
  const seen = profile.analyses ? await step('analyse', () => analyse(ports, source, facts, profile, signal)) : null;
  const plan = kept ? planKeepingHdr(facts) : planFor(profile, facts, seen);
  const report = reportOn(profile, plan, seen, facts);
  await claim.confirm((current) => ({ ...current, analysis: report }));

  const seconds = video.chunk_seconds;
  const samples = seen?.scenes.flatMap(({ measures }) => measures) ?? [];
  const cutting = { source, facts, plan, seconds, samples, signal };
  const cut = seconds > 0 ? await step('cut', () => media.cut(cutting)) : null;
  const interlacing = seen?.interlacing ?? null;
  const planned: PlanDocument | null = cut && {
    v: 1,
    seconds,
    probe,
    interlacing,
    plan: { ...plan, findings: [] },
    cut,
  };
  if (planned) return inPieces(ports, claim, planned, source.bytesRead());
  return inOne(ports, claim, { source, probe, plan, interlacing, scratch }, (done, notes) => ({
    ...reportOn(profile, done, seen, facts),
    notes,
  }));
}

/** The plan is written first, and its pieces are given out once the record says so. */
async function inPieces(
  ports: EnhancePorts,
  { video }: Claim<Video>,
  document: PlanDocument,
  bytesRead: number,
): Promise<Finished<Video>> {
  const plan = await writePlan(ports.files, video, document);
  const { timeline, sound } = document.cut;
  const work = beginWork({ plan, chunks: timeline.chunks.length, sound }, await workersPresent(ports));
  return {
    ends: (process, fence, now) => handOver(process, fence, PLANNED_PERCENT, now),
    record: (current, took) => {
      const receipt = { ...took, cpu_seconds: null, bytes_read: bytesRead, bytes_written: 0 };
      return { ...current, work, receipts: { ...current.receipts, video_enhancement: receipt } };
    },
    after: (current) => giveOut(ports, current),
    undo: () => forgetPlan(ports, video, plan),
  };
}

type Job = Pick<PlanDocument, 'probe' | 'plan' | 'interlacing'> & {
  source: ReturnType<typeof rangeSource>;
  scratch: string;
};

async function inOne(
  ports: EnhancePorts,
  claim: Claim<Video>,
  { source, probe, plan, interlacing, scratch }: Job,
  reported: (done: PlanDocument['plan'], notes: string[]) => NonNullable<Video['analysis']>,
): Promise<Finished<Video>> {
  const { media } = ports;
  const { signal, step } = claim;
  const within = (from: number, to: number) => (percent: number) =>
    claim.progress(from + (percent * (to - from)) / 100);
  const job = { source, facts: probe.facts, plan, scratch, onProgress: within(PLANNED_PERCENT, ENHANCED), signal };
  const enhanced = await step('enhance', () => media.enhance(job));
  const done = enhanced.otherwise ?? plan;
  const poster = await makePoster(ports, claim, { ...enhanced, shown: done.hdr?.shown, scratch });
  const showing = { source, scratch, onProgress: within(ENHANCED, SHARED) };
  const shared = await shareSource(ports, claim, probe, interlacing, showing);
  const { written, undo } = await publishEnhanced(ports, claim, enhanced.path, enhanced.contentType);
  return completed('video_enhancement', {
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
    analysis: reported(done, enhanced.notes ?? []),
    receipt: {
      cpu_seconds: rounded(enhanced.cpuSeconds + poster.cpuSeconds + shared.cpuSeconds),
      bytes_read: source.bytesRead(),
      bytes_written: enhanced.size + poster.bytesWritten + shared.bytesWritten,
    },
    undo: async () => void (await Promise.all([undo(), poster.undo(), shared.undo()])),
  });
}

const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000;
