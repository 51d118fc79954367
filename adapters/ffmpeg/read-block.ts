import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReelightError, TransientError } from '../../core/errors.ts';
import type { RangeSource } from '../../core/ports/index.ts';
import type { ByteRange } from './range-header.ts';

/** How often the rest of one block is asked for again after reading broke off. */
const MAX_RETRIES = 4;
const RETRY_PAUSE_MS = 100;
/** A source that brings nothing for so long is taken for broken off. */
const STALL_MS = 30_000;

export interface Patience {
  retryPauseMs: number;
  stallMs: number;
}

const PATIENCE: Patience = { retryPauseMs: RETRY_PAUSE_MS, stallMs: STALL_MS };

/**
 * All bytes of a block, which has to fit in memory. Where reading breaks off or stalls, it goes on from the byte that
 * was reached.
 *
 * @throws what the source throws for good; TransientError `source_unreadable` when it broke off too often; the signal's
 *   reason when that aborts
 */
export async function readBlock(
  source: RangeSource,
  block: ByteRange,
  signal: AbortSignal,
  { retryPauseMs, stallMs }: Patience = PATIENCE,
): Promise<Buffer> {
  // Copied as it comes: what is collected and joined at the end is there twice by then.
  const whole = Buffer.allocUnsafeSlow(block.end + 1 - block.start);
  const missing = { ...block };
  for (let failures = 0; ; ) {
    try {
      for await (const chunk of unstalled(source, missing, signal, stallMs)) {
        chunk.copy(whole, missing.start - block.start);
        missing.start += chunk.length;
      }
      if (missing.start === block.end + 1) return whole;
      throw new Error(`expected ${block.end + 1 - block.start} bytes, got ${missing.start - block.start}`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ReelightError && !error.retryable) throw error;
      if (missing.start > block.end || ++failures > MAX_RETRIES) {
        throw new TransientError('source_unreadable', 'The source could not be read from storage.', { cause: error });
      }
      await sleep(retryPauseMs * 3 ** (failures - 1), undefined, { signal });
    }
  }
}

/** The source's chunks; throws when none comes for `stallMs`. */
async function* unstalled(
  source: RangeSource,
  { start, end }: ByteRange,
  signal: AbortSignal,
  stallMs: number,
): AsyncGenerator<Buffer> {
  const stalled = new AbortController();
  const stop = AbortSignal.any([signal, stalled.signal]);
  const timer = setTimeout(() => stalled.abort(new Error(`nothing came for ${stallMs} ms`)), stallMs);
  try {
    const stream = await orAborted(source.read(start, end, stop), stop);
    const destroy = () => stream.destroy(stop.reason);
    stop.addEventListener('abort', destroy, { once: true });
    try {
      for await (const chunk of stream) {
        timer.refresh();
        yield chunk;
      }
      stop.throwIfAborted();
    } finally {
      stop.removeEventListener('abort', destroy);
      stream.destroy();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** For a source that does not look at its signal. What it opens too late is closed. */
function orAborted(opening: Promise<Readable>, signal: AbortSignal): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    opening.then(
      (opened) => {
        signal.removeEventListener('abort', abort);
        // Whoever reads it is told of errors; without a reader, one would end the process.
        opened.on('error', () => {});
        if (signal.aborted) opened.destroy();
        resolve(opened);
      },
      (error) => {
        signal.removeEventListener('abort', abort);
        reject(error);
      },
    );
  });
}
