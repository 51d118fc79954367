import { rmSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, ConnectionError, retrying, type Timing } from '../client/index.ts';
import { ReelightError } from '../core/errors.ts';
import { partName, whyNot } from './targets.ts';

const ATTEMPTS = 8;

/** What is being written now, so that even a process that ends at once can tidy up. */
const unfinished = new Set<string>();

/** Never throws: it is the last thing that a process does. */
export function removeUnfinished(): void {
  for (const part of unfinished) {
    try {
      rmSync(part, { force: true });
    } catch {
      // It stays: there is nobody left to do anything about it.
    }
  }
}

/** The disk did not take a result. `code` is the file system's. */
export class NotWritten extends ReelightError {
  override readonly retryable = false;
}

export interface Download {
  /** On the server. */
  path: string;
  folder: string;
  /** The file's name, by the type the server says it has. */
  name(contentType: string): string;
  /** What the record says; the answer's own length counts where it does not. */
  size: number | undefined;
  timing: Timing;
  signal: AbortSignal;
  onProgress(received: number, total: number): void;
}

/**
 * Writes a file of the server's, whole or not at all: under another name first, continued by range where the connection
 * breaks, checked by size, and put in its place at once.
 *
 * @throws NotWritten when the disk does not take it, and what downloading throws
 */
export async function fetchFile(client: Client, download: Download): Promise<{ path: string; size: number }> {
  const { folder, timing, signal } = download;
  const part = join(folder, partName(download.name('')));
  const file = await open(part, 'a').catch((error) => {
    throw inWords(error, join(folder, download.name('')));
  });
  unfinished.add(part);
  try {
    // Left over from a process that had the same number.
    await file.truncate(0);
    const state: Received = { have: 0, etag: null, contentType: '', total: download.size };
    await retrying(() => receive(client, download, file, state), { attempts: ATTEMPTS, timing, signal });
    await file.sync();
    await file.close();
    const path = join(folder, download.name(state.contentType));
    await rename(part, path);
    return { path, size: state.have };
  } catch (error) {
    await file.close().catch(() => {});
    await rm(part, { force: true });
    throw inWords(error, join(folder, download.name('')));
  } finally {
    unfinished.delete(part);
  }
}

/** Errors of the disk alone: those of the connection say by themselves what is wrong. */
function inWords(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error;
  return new NotWritten(String(error.code), `${path} cannot be written: ${whyNot(error)}.`, { cause: error });
}

interface Received {
  have: number;
  etag: string | null;
  contentType: string;
  total: number | undefined;
}

/** Receives what is missing, as far as the connection holds. */
async function receive(client: Client, download: Download, file: FileHandle, state: Received): Promise<void> {
  const { path, signal } = download;
  // It broke off after its last byte.
  if (state.have > 0 && state.have === state.total) return;
  const range = state.have > 0 ? { range: `bytes=${state.have}-` } : undefined;
  const response = await client.download(path, { signal, headers: { 'accept-encoding': 'identity', ...range } });
  const etag = response.headers.get('etag');
  if (state.have > 0 && (response.status !== 206 || etag !== state.etag)) {
    // Not the rest of what we have: it was replaced meanwhile, or ranges are not served here.
    state.have = 0;
    await file.truncate(0);
    if (response.status === 206) {
      await response.body?.cancel();
      throw new ConnectionError('interrupted', 'The result was replaced while it was being downloaded.');
    }
  }
  state.etag = etag;
  state.contentType = response.headers.get('content-type')?.split(';')[0] ?? '';
  if (download.size === undefined) state.total = lengthOf(response, state.have);
  await store(response, download, file, state);
  if (state.total !== undefined && state.have !== state.total) {
    const said = `${state.have} of ${state.total} bytes of ${path} arrived.`;
    // More than there should be cannot be mended by asking for the rest.
    if (state.have > state.total) {
      state.have = 0;
      await file.truncate(0);
    }
    throw new ConnectionError('interrupted', said);
  }
}

async function store(response: Response, download: Download, file: FileHandle, state: Received): Promise<void> {
  if (!response.body) return;
  const chunks = response.body[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((cause: unknown) => {
      if (download.signal.aborted) throw download.signal.reason;
      throw new ConnectionError('interrupted', `The download of ${download.path} broke off.`, { cause });
    });
    if (next.done) return;
    // Errors of the disk are not of the connection: they end it.
    await file.appendFile(next.value);
    state.have += next.value.byteLength;
    download.onProgress(state.have, state.total ?? state.have);
  }
}

function lengthOf(response: Response, from: number): number | undefined {
  const length = response.headers.get('content-length');
  return length === null ? undefined : from + Number(length);
}
