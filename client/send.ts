import { ConnectionError, FileError } from './errors.ts';
import type { Timing } from './timing.ts';

/** One PUT to a signed URL. */
export interface Put {
  url: string;
  headers: Record<string, string>;
  body: Blob;
  signal: AbortSignal;
  /** Bytes that have left, as they leave; senders that cannot tell never call it. */
  onSent(bytes: number): void;
}

export interface PutAnswer {
  status: number;
  etag: string | null;
}

/** How bytes travel. What reports them as they leave differs by platform, so it can be given to the client. */
export type SendBytes = (put: Put) => Promise<PutAnswer>;

/** Works wherever there is `fetch`, which does not say how far it has come. */
export const sendBlob: SendBytes = async ({ url, headers, body, signal }) => {
  const response = await fetch(url, { method: 'PUT', headers, body, signal });
  await response.arrayBuffer();
  return { status: response.status, etag: response.headers.get('etag') };
};

/** Slower than this (bytes per millisecond, 256 kbit/s) is taken for lost where the sender does not report. */
const SLOWEST = 32;
/** Set by whoever sends, from the body; browsers refuse them, and Node would send them twice. */
const NOT_OURS_TO_SET = new Set(['content-length', 'host']);

/**
 * Sends once, and never waits for ever.
 *
 * @throws ConnectionError when there was no answer, FileError when the file cannot be read any more.
 */
export async function sendOnce(
  send: SendBytes,
  put: Omit<Put, 'signal'> & { signal?: AbortSignal | undefined },
  { stallMs }: Timing,
): Promise<PutAnswer> {
  const stalled = new AbortController();
  const giveUp = () => stalled.abort();
  let timer = setTimeout(giveUp, stallMs + put.body.size / SLOWEST);
  const signal = put.signal ? AbortSignal.any([put.signal, stalled.signal]) : stalled.signal;
  const onSent = (bytes: number) => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, stallMs);
    put.onSent(bytes);
  };
  const headers = Object.fromEntries(
    Object.entries(put.headers).filter(([name]) => !NOT_OURS_TO_SET.has(name.toLowerCase())),
  );
  try {
    return await send({ url: put.url, headers, body: put.body, signal, onSent });
  } catch (error) {
    if (put.signal?.aborted) throw put.signal.reason;
    await assertReadable(put.body);
    const { host } = new URL(put.url);
    if (stalled.signal.aborted) throw new ConnectionError('timeout', `The upload to ${host} stalled.`);
    throw new ConnectionError('unreachable', `The upload to ${host} broke off.`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** A file that was changed while it was sent looks like a lost connection from outside. */
async function assertReadable(body: Blob): Promise<void> {
  try {
    await body.slice(0, 1).arrayBuffer();
  } catch (cause) {
    throw new FileError('file_changed', 'The file was changed or removed while it was being uploaded.', { cause });
  }
}
