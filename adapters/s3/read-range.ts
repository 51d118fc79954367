import { addAbortSignal, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ObjectConflict, TransientError } from '../../core/errors.ts';
import { type Bucket, isMissing, quoted, refusalOf } from './bucket.ts';

/** How often in a row a broken body is asked for again. */
const MAX_RESUMES = 4;
const RESUME_PAUSE_MS = 200;

/**
 * The bytes of an object as they come. A reader may pause for as long as it likes, and connections break: the rest is
 * then asked for again, of the same object, so the reader notices nothing.
 *
 * @throws ObjectConflict `object_changed`, `object_gone`, or `invalid_range` when it has no such bytes
 */
export async function readRange(
  at: Bucket,
  key: string,
  range: { start: number; end: number; etag?: string },
  signal?: AbortSignal,
): Promise<Readable> {
  const left = new AbortController();
  const stop = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  let answer = await open(at, key, range, stop);
  const { etag, end } = answer;
  let position = range.start;
  let failures = 0;

  const stream = new Readable({
    read() {
      next().then(
        (chunk) => this.push(chunk),
        (error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      // A body that came whole leaves its connection to the next request.
      if (position <= end) left.abort();
      done(error);
    },
  });
  return signal ? addAbortSignal(signal, stream) : stream;

  async function next(): Promise<Uint8Array | null> {
    for (;;) {
      const chunk = await answer.chunks.next().catch((error: Error) => ({ error }));
      if ('value' in chunk && !chunk.done) {
        position += chunk.value.length;
        failures = 0;
        return chunk.value;
      }
      if (position > end) return null;
      stop.throwIfAborted();
      const cause = 'error' in chunk ? chunk.error : undefined;
      if (++failures > MAX_RESUMES) {
        throw new TransientError('read_failed', `Reading ${key} broke off ${failures} times in a row.`, { cause });
      }
      await sleep(RESUME_PAUSE_MS * failures, undefined, { signal: stop });
      answer = await open(at, key, { start: position, end, etag }, stop);
    }
  }
}

interface Answer {
  chunks: AsyncIterator<Uint8Array>;
  etag: string;
  /** The last byte that will come: the object may end before the range does. */
  end: number;
}

async function open(
  { client, bucket }: Bucket,
  key: string,
  { start, end, etag }: { start: number; end: number; etag?: string },
  abortSignal: AbortSignal,
): Promise<Answer> {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    Range: `bytes=${start}-${end}`,
    ...(etag !== undefined && { IfMatch: quoted(etag) }),
  });
  try {
    const { Body, ContentRange, ETag } = await client.send(command, { abortSignal });
    const last = /^bytes \d+-(\d+)\//.exec(ContentRange ?? '')?.[1];
    if (!(Body instanceof Readable) || last === undefined || ETag === undefined) {
      throw new TransientError('read_failed', `The answer to reading a range of ${key} was no range.`);
    }
    return { chunks: Body[Symbol.asyncIterator](), etag: ETag, end: Number(last) };
  } catch (error) {
    if (isMissing(error)) throw new ObjectConflict('object_gone', `There is no object ${key}.`, { cause: error });
    if (refusalOf(error)?.status === 412) {
      throw new ObjectConflict('object_changed', `The object ${key} is another than it was.`, { cause: error });
    }
    if (refusalOf(error)?.status === 416) {
      const detail = `The object ${key} has no bytes ${start} to ${end}.`;
      throw new ObjectConflict('invalid_range', detail, { cause: error });
    }
    throw error;
  }
}
