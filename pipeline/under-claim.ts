import { isRetryable, isShortage, reasonFor } from '../core/errors.ts';
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
  type Process,
  type Reason,
  release,
  spend,
} from '../core/process.ts';
import { Refusal } from '../core/refusal.ts';
import { spanned, stepOf } from '../core/span.ts';
import type { Spent } from '../core/spent.ts';
import { childTrace } from '../core/trace.ts';
import type { Receipt, Video } from '../core/video.ts';

/** How often a worker says that it lives and how far it is. */
const HEARTBEAT_MS = 1_000;

/** What can be claimed, a process of a video or a piece of one, with the record `R` that it is a part of. */
export interface Holding<R> {
  /** For the log. */
  name: string;
  /** Moves the record forward, or does nothing: as `VideoStore.change`. Refused when the message is of the past. */
  change(decide: (record: R) => R | Refusal): Promise<R | Refusal>;
  video(record: R): Video;
  state(record: R): Process;
  /** The record with its state moved on. */
  withState(record: R, state: Process): R;
  /** Refuses what must not be begun, whether or not it is free. */
  admits(record: R): Refusal | undefined;
  /** What else is written when it fails for good. */
  failed(record: R, failure: Failure): R;
  /** After so many failures of this kind it is given up. */
  mostFailures(error: unknown): number;
  /** Hears of each sign of life, once it is written. */
  beaten?(record: R): Promise<void>;
  /** What is left to do about a delivery that had nothing to claim. */
  refused?(reason: Refusal['reason']): Promise<void>;
  /** The claim was lost. Books what it took, where nobody else has. */
  lost?(fence: number, spent: Spent): Promise<void>;
  /** What is left to do once it has failed for good and that is written. */
  gaveUp(reason: Reason): Promise<void>;
}

export interface Failure {
  reason: Reason;
  /** `input`: no other try could fare better; `lost`: its workers vanished. */
  kind: 'input' | 'passing' | 'resources' | 'lost';
}

export interface Task<R> {
  holding: Holding<R>;
  queue: QueueName;
  message: TaskMessage;
  worker: string;
  /** Aborts when this worker is to hand back what it has in hand. */
  signal: AbortSignal;
  /** Learns how far the work is. */
  pace?: Pace | undefined;
}

/** What a step works with while it holds a claim. */
export interface Claim<R = unknown> {
  record: R;
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
  /** Makes sure that the claim still stands, as the last thing before something becomes visible. Throws when it does not. */
  confirm(also?: (record: R) => R): Promise<void>;
}

/** How a piece of work ends well. */
export interface Finished<R> {
  /** Of the state; `complete` unless said. */
  ends?: (state: Process, fence: number, now: Date) => Process | Refusal;
  /** What is written with it. */
  record(record: R, took: Took): R;
  /** What has to happen once it is written, before the delivery is acknowledged. */
  after?(record: R): Promise<void>;
  /** Takes back what became visible, when it turns out that the claim was lost in the last moment. */
  undo(): Promise<void>;
}

/** Seconds. */
export type Took = Pick<Receipt, 'wall_seconds' | 'steps'>;

class ClaimLost extends Error {}

/**
 * The frame of every task: claim, work, and one of the ways in which work ends. When it resolves, the delivery can be
 * acknowledged: the record says how it ended, and whatever has to happen next is already with the broker. When it
 * throws, the delivery has to be given again.
 */
export async function underClaim<R>(
  ports: Pick<Ports, 'tasks' | 'meter' | 'now' | 'log'>,
  task: Task<R>,
  work: (claim: Claim<R>) => Promise<Finished<R>>,
): Promise<void> {
  const { tasks, meter, now } = ports;
  const { holding, queue, message, worker } = task;
  const { file_id, attempt } = message;
  const trace = childTrace(message.trace);
  const log = ports.log.with({ file_id, attempt, process: holding.name, trace, worker });

  const change = (decide: (state: Process) => Process | Refusal, also: (record: R) => R = (record) => record) =>
    holding.change((record) => {
      const state = decide(spent(holding.state(record)));
      return state instanceof Refusal ? state : also(holding.withState(record, state));
    });
  /** Every write under the claim carries what it took so far; the one that ends it adds that up. */
  let held = 0;
  const spent = (state: Process) => spend(state, held, meter.taken());

  const claimed = await holding.change((record) => {
    const refused = holding.admits(record);
    const state = refused ?? claim(holding.state(record), worker, now());
    return state instanceof Refusal ? state : holding.withState(record, state);
  });
  if (claimed instanceof Refusal) return notClaimed(claimed);
  const { fence } = holding.state(claimed);
  held = fence;
  const started = performance.now();
  const steps: Record<string, number> = {};
  const lost = new AbortController();
  let progress = 0;

  const beat = async (also?: (record: R) => R) => {
    const answer = await change((state) => advance(state, fence, progress, now()), also);
    if (answer instanceof Refusal) lost.abort(new ClaimLost(answer.reason));
    else await holding.beaten?.(answer);
  };
  const heart = heartbeat(() => beat(), log);
  log.info('claimed', { fence });
  task.pace?.begin();
  let ended: R | undefined;
  let finished: Finished<R> | undefined;
  try {
    const span = { name: spanName(queue, message), trace, parent: message.trace };
    finished = await spanned(log, now, span, () =>
      work({
        record: claimed,
        video: holding.video(claimed),
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
            return await spanned(log, now, stepOf(trace, name), run);
          } finally {
            steps[name] = (steps[name] ?? 0) + Math.round(performance.now() - begun) / 1000;
          }
        },
        confirm: async (also) => {
          await beat(also);
          lost.signal.throwIfAborted();
        },
      }),
    );
    await heart.stop();
    ended = await finish(finished);
  } catch (error) {
    await heart.stop();
    await end(error);
  } finally {
    task.pace?.end();
  }
  if (ended) await finished?.after?.(ended);

  async function finish({ ends = complete, record, undo }: Finished<R>): Promise<R | undefined> {
    const took = { steps, wall_seconds: Math.round(performance.now() - started) / 1000 };
    const written = await change(
      (state) => ends(state, fence, now()),
      (current) => record(current, took),
    );
    if (!(written instanceof Refusal)) {
      log.info(holding.state(written).status === 'completed' ? 'completed' : 'handed over', {
        seconds: took.wall_seconds,
      });
      return written;
    }
    if (written.reason === 'unchanged') {
      // It was written before, and only the answer was lost: what has to happen next may not have.
      const current = await holding.change(same);
      return current instanceof Refusal ? undefined : current;
    }
    await undo();
    log.warn('lost the claim in the last moment', { reason: written.reason });
    return undefined;
  }

  async function notClaimed({ reason }: Refusal): Promise<void> {
    log.info('not claimed', { reason });
    if (reason === 'held') {
      // A duplicate, or the holder died a moment ago. Look again later: by then it is finished, renewed, or free.
      return tasks.publishLater(queue, message, RETRY_DELAYS_MS[0]);
    }
    if (reason !== 'exhausted') return holding.refused?.(reason);
    const failure = { kind: 'lost', reason: WORKERS_LOST } as const;
    const given = await change(
      (state) => abandon(state, WORKERS_LOST, now()),
      (record) => holding.failed(record, failure),
    );
    if (!(given instanceof Refusal)) await holding.gaveUp(WORKERS_LOST);
  }

  async function end(error: unknown): Promise<void> {
    if (lost.signal.aborted) {
      log.info('stopped: the claim was lost', { reason: String(lost.signal.reason?.message) });
      return holding.lost?.(fence, meter.taken());
    }
    if (task.signal.aborted) {
      await change((state) => release(state, fence, now()));
      log.info('stopped: told to');
      throw task.signal.reason;
    }
    const reason = reasonFor(error);
    const kind = !isRetryable(error) ? 'input' : isShortage(error) ? 'resources' : 'passing';
    log.error('failed', error, { kind });
    const most = holding.mostFailures(error);
    const failed = await holding.change((record) => {
      const current = spent(holding.state(record));
      const state =
        kind === 'input' ? fail(current, fence, reason, now()) : failForNow(current, fence, reason, now(), most);
      if (state instanceof Refusal) return state;
      const next = holding.withState(record, state);
      return state.status === 'failed' ? holding.failed(next, { reason, kind }) : next;
    });
    // What was written before, when only the answer was lost, has its consequences now.
    const record = failed instanceof Refusal && failed.reason === 'unchanged' ? await holding.change(same) : failed;
    if (record instanceof Refusal) return;
    const state = holding.state(record);
    if (state.status === 'pending') return tasks.publishLater(queue, message, retryDelay(state.failures));
    if (kind !== 'input')
      await holding.gaveUp({ ...reason, message: `failed ${state.failures} times: ${reason.code}` });
  }
}

/** After the file that has the work. */
function spanName(queue: QueueName, { type }: TaskMessage): string {
  if (queue === 'metadata') return 'extract-metadata';
  return { 'video.piece': 'enhance-piece', 'video.assemble': 'assemble' }[type as string] ?? 'enhance';
}

const WORKERS_LOST = { code: 'workers_lost', message: 'This video made its workers stop again and again.' };

const same = <R>(record: R): R => record;

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
