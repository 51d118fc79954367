import { BadInput, isRetryable, reasonFor } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { type QueueName, RETRY_DELAYS_MS, retryDelay, type TaskMessage } from '../core/messages.ts';
import type { Pace } from '../core/pace.ts';
import type { Ports } from '../core/ports/index.ts';
import {
  abandon,
  advance,
  claim,
  complete,
  fail,
  failForNow,
  MAX_FAILURES,
  type Process,
  type ProcessType,
  release,
} from '../core/process.ts';
import { Refusal } from '../core/refusal.ts';
import type { EnhancementReport } from '../core/report.ts';
import { changeProcess, type Receipt, type Video } from '../core/video.ts';

/** How often a worker says that it lives and how far it is. */
const HEARTBEAT_MS = 1_000;

export interface Task {
  type: ProcessType;
  queue: QueueName;
  message: TaskMessage;
  worker: string;
  /** Aborts when this worker is to hand back what it has in hand. */
  signal: AbortSignal;
  /** Learns how far the work is. */
  pace?: Pace | undefined;
}

/** What a step works with while it holds the claim on one process of one video. */
export interface Claim {
  video: Video;
  /** The fencing token: outputs are written under it. */
  fence: number;
  /** Aborts when the worker is told to stop, and when the claim is lost: cancelled, deleted, or taken over. */
  signal: AbortSignal;
  log: Log;
  /** 0 to 100; written with the next heartbeat. */
  progress(percent: number): void;
  /** Runs one part of the work and logs how long it took. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Writes what was found out about the video into its record. Throws when the claim is lost. */
  report(analysis: EnhancementReport): Promise<void>;
  /** Makes sure that the claim still stands, as the last thing before something becomes visible. Throws when it does not. */
  confirm(): Promise<void>;
}

export interface Finished {
  outputs: Video['outputs'];
  /** In place of what was reported on the way. */
  analysis?: EnhancementReport;
  receipt: Omit<Receipt, 'wall_seconds' | 'steps'>;
  /** Takes back what became visible, when it turns out that the claim was lost in the last moment. */
  undo(): Promise<void>;
}

class ClaimLost extends Error {}

/**
 * The frame of every task: claim, work, and one of the ways in which work ends. When it resolves, the delivery can be
 * acknowledged: the record says how it ended, and whatever has to happen next is already with the broker. When it
 * throws, the delivery has to be given again.
 */
export async function underClaim(
  ports: Pick<Ports, 'videos' | 'tasks' | 'now' | 'log'>,
  task: Task,
  work: (claim: Claim) => Promise<Finished>,
): Promise<void> {
  const { videos, tasks, now } = ports;
  const { type, queue, message, worker } = task;
  const { file_id, attempt } = message;
  const log = ports.log.with({ file_id, attempt, process: type, trace: message.trace, worker });

  const change = (decide: (process: Process) => Process | Refusal, also: (video: Video) => Video = (video) => video) =>
    videos.change(file_id, (video) => {
      if (video.attempt !== attempt) return new Refusal('superseded');
      const changed = changeProcess(video, type, decide, now());
      return changed instanceof Refusal ? changed : also(changed);
    });

  const claimed = await change((process) => claim(process, worker, now()));
  if (claimed instanceof Refusal) return notClaimed(claimed);
  const { fence } = claimed.processes[type];
  const started = performance.now();
  const steps: Record<string, number> = {};
  const lost = new AbortController();
  let progress = 0;

  const beat = async (also?: (video: Video) => Video) => {
    const answer = await change((process) => advance(process, fence, progress, now()), also);
    if (answer instanceof Refusal) lost.abort(new ClaimLost(answer.reason));
  };
  const heart = heartbeat(() => beat(), log);
  log.info('claimed', { fence });
  task.pace?.begin();
  try {
    const finished = await work({
      video: claimed,
      fence,
      signal: AbortSignal.any([task.signal, lost.signal]),
      log,
      progress: (percent) => {
        progress = percent;
        task.pace?.reached(percent);
      },
      step: async (name, run) => {
        const begun = performance.now();
        try {
          return await run();
        } finally {
          const seconds = Math.round(performance.now() - begun) / 1000;
          steps[name] = (steps[name] ?? 0) + seconds;
          log.info('step', { step: name, seconds });
        }
      },
      report: async (analysis) => {
        await beat((video) => ({ ...video, analysis }));
        lost.signal.throwIfAborted();
      },
      confirm: async () => {
        await beat();
        lost.signal.throwIfAborted();
      },
    });
    await heart.stop();
    const receipt = { ...finished.receipt, steps, wall_seconds: Math.round(performance.now() - started) / 1000 };
    const completed = await change(
      (process) => complete(process, fence, now()),
      (video) => ({
        ...video,
        outputs: { ...video.outputs, ...finished.outputs },
        receipts: { ...video.receipts, [type]: receipt },
        analysis: finished.analysis ?? video.analysis,
      }),
    );
    if (completed instanceof Refusal && completed.reason !== 'unchanged') {
      await finished.undo();
      return log.warn('lost the claim in the last moment', { reason: completed.reason });
    }
    log.info('completed', { seconds: receipt.wall_seconds, cpu_seconds: receipt.cpu_seconds });
  } catch (error) {
    await heart.stop();
    await end(error);
  } finally {
    task.pace?.end();
  }

  async function notClaimed({ reason }: Refusal): Promise<void> {
    log.info('not claimed', { reason });
    if (reason === 'held') {
      // A duplicate, or the holder died a moment ago. Look again later: by then it is finished, renewed, or free.
      return tasks.publishLater(queue, message, RETRY_DELAYS_MS[0]);
    }
    if (reason === 'exhausted') {
      const why = { code: 'workers_lost', message: 'This video made its workers stop again and again.' };
      await change((process) => abandon(process, why, now()));
      await park(why.message);
    }
  }

  async function end(error: unknown): Promise<void> {
    if (lost.signal.aborted)
      return log.info('stopped: the claim was lost', { reason: String(lost.signal.reason?.message) });
    if (task.signal.aborted) {
      await change((process) => release(process, fence, now()));
      log.info('stopped: told to');
      throw task.signal.reason;
    }
    const reason = reasonFor(error);
    log.error('failed', error, { retryable: isRetryable(error) });
    if (error instanceof BadInput || !isRetryable(error)) {
      await change((process) => fail(process, fence, reason, now()));
      return;
    }
    const failed = await change((process) => failForNow(process, fence, reason, now()));
    if (failed instanceof Refusal && failed.reason !== 'unchanged') return;
    const video = failed instanceof Refusal ? await videos.get(file_id) : failed;
    if (video?.processes[type].status === 'pending') {
      return tasks.publishLater(queue, message, retryDelay(video.processes[type].failures));
    }
    await park(`failed ${MAX_FAILURES} times: ${reason.code}`);
  }

  function park(reason: string): Promise<void> {
    return tasks.park(queue, Buffer.from(JSON.stringify(message)), reason);
  }
}

/** Calls `beat` about once a second, never twice at a time. A beat that fails is tried again with the next one. */
function heartbeat(beat: () => Promise<void>, log: Log): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = beat()
      .catch((error) => log.warn('a heartbeat failed', { reason: reasonFor(error).code }))
      .finally(() => {
        busy = false;
      });
  }, HEARTBEAT_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return running;
    },
  };
}
