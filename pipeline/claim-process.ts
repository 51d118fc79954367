import type { QueueName, TaskMessage } from '../core/messages.ts';
import type { Pace } from '../core/pace.ts';
import type { Ports } from '../core/ports/index.ts';
import { MAX_FAILURES, type ProcessType } from '../core/process.ts';
import { Refusal } from '../core/refusal.ts';
import type { EnhancementReport } from '../core/report.ts';
import type { Receipt, Video } from '../core/video.ts';
import { type Finished, type Holding, type Task, underClaim } from './under-claim.ts';

export interface ProcessTask extends Pick<Task<Video>, 'queue' | 'message' | 'worker' | 'signal'> {
  type: ProcessType;
  pace?: Pace | undefined;
  admits?: Holding<Video>['admits'];
  refused?: Holding<Video>['refused'];
}

/** One process of a video, worked on as a whole. */
export function underProcessClaim(
  ports: Pick<Ports, 'videos' | 'tasks' | 'meter' | 'now' | 'log'>,
  { type, admits = () => undefined, refused, ...task }: ProcessTask,
  work: Parameters<typeof underClaim<Video>>[2],
): Promise<void> {
  const holding = processHolding(ports, type, task);
  return underClaim(ports, { ...task, holding: { ...holding, admits, ...(refused && { refused }) } }, work);
}

function processHolding(
  { videos, tasks, now }: Pick<Ports, 'videos' | 'tasks' | 'now'>,
  type: ProcessType,
  { queue, message }: { queue: QueueName; message: TaskMessage },
): Holding<Video> {
  const { file_id, attempt } = message;
  return {
    name: type,
    change: (decide) =>
      videos.change(file_id, (video) => (video.attempt === attempt ? decide(video) : new Refusal('superseded'))),
    video: (video) => video,
    state: (video) => video.processes[type],
    withState: (video, state) =>
      state === video.processes[type]
        ? video
        : { ...video, processes: { ...video.processes, [type]: state }, updated_at: now().toISOString() },
    admits: () => undefined,
    failed: (video) => video,
    mostFailures: () => MAX_FAILURES,
    gaveUp: ({ message: why }) => tasks.park(queue, Buffer.from(JSON.stringify(message)), why),
  };
}

export interface Outcome {
  outputs: Video['outputs'];
  /** In place of what was reported on the way. */
  analysis?: EnhancementReport;
  receipt: Omit<Receipt, 'wall_seconds' | 'steps'>;
  undo(): Promise<void>;
}

/** A process that is complete, with all that came of it. */
export function completed(type: ProcessType, { outputs, analysis, receipt, undo }: Outcome): Finished<Video> {
  return {
    record: (video, took) => ({
      ...video,
      outputs: { ...video.outputs, ...outputs },
      receipts: { ...video.receipts, [type]: { ...receipt, ...took } },
      analysis: analysis ?? video.analysis,
    }),
    undo,
  };
}
