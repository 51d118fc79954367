import { Worker } from 'node:worker_threads';
import { TransientError } from '../../core/errors.ts';
import type { FrameMeasures } from '../../core/measures.ts';
import type { SampledFrame, Vision } from '../../core/ports/vision.ts';
import type { Answer, Question } from './vision-worker.ts';

/** A frame takes a tenth of a second. */
const PATIENCE_MS = 60_000;

/** Run from source, the thread's file is beside this one; in the container, both are bundled, into one folder. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './vision-worker.ts' : './vision-worker.cjs', import.meta.url);

interface Waiting {
  answered(measures: FrameMeasures): void;
  failed(error: Error): void;
}

/**
 * OpenCV in a thread of its own, started with the first frame and again when it died. It does not keep the process
 * alive while there is nothing to measure.
 */
export function openCvVision({ thread = THREAD, patienceMs = PATIENCE_MS } = {}): Vision {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let asked = 0;

  function started(): Worker {
    if (worker) return worker;
    const fresh = new Worker(thread, { name: 'vision', execArgv: [] });
    worker = fresh;
    fresh.on('message', (answer: Answer) => {
      const asker = waiting.get(answer.id);
      if ('failed' in answer) asker?.failed(visionFailed(`a frame could not be measured: ${answer.failed}`));
      else asker?.answered(answer.measures);
    });
    fresh.on('error', (cause) => gone(fresh, cause));
    fresh.on('exit', () => gone(fresh));
    fresh.unref();
    return fresh;
  }

  function gone(which: Worker, cause?: unknown): void {
    if (worker !== which) return;
    worker = undefined;
    for (const { failed } of [...waiting.values()]) failed(visionFailed('OpenCV ended unexpectedly', cause));
  }

  async function stop(): Promise<void> {
    const old = worker;
    if (old) gone(old);
    await old?.terminate();
  }

  return {
    measure: (frame, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const id = ++asked;
        const thread = started();
        const settle = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
          waiting.delete(id);
          if (waiting.size === 0) thread.unref();
        };
        const failed = (error: unknown) => {
          settle();
          reject(error);
        };
        const answered = (measures: FrameMeasures) => {
          settle();
          resolve(measures);
        };
        const abort = () => failed(signal.reason);
        const timer = setTimeout(() => {
          failed(visionFailed('OpenCV took too long'));
          void stop();
        }, patienceMs);
        signal.addEventListener('abort', abort, { once: true });
        waiting.set(id, { answered, failed });
        thread.ref();
        const own = withOwnMemory(frame);
        const question: Question = { id, frame: own };
        thread.postMessage(question, [own.bgr.buffer]);
      }),
    close: stop,
  };
}

/** What is handed over has to be the whole of its memory, or others that live there would lose theirs. */
function withOwnMemory(frame: SampledFrame): SampledFrame & { bgr: Uint8Array<ArrayBuffer> } {
  const { bgr } = frame;
  const whole = bgr.buffer instanceof ArrayBuffer && bgr.byteLength === bgr.buffer.byteLength;
  return { ...frame, bgr: whole ? (bgr as Uint8Array<ArrayBuffer>) : bgr.slice() };
}

function visionFailed(what: string, cause?: unknown): TransientError {
  return new TransientError('vision_failed', `The video could not be looked at: ${what}.`, { cause });
}
