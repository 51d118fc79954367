import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RangeSource } from '../../core/ports/index.ts';
import { type ByteRange, parseRange } from './range-header.ts';
import { type Patience, readWindow } from './read-window.ts';

const KiB = 1024;
/**
 * Storage is read in windows that are held in memory, so that no connection to it waits for a slow encoder. The first is
 * small, since FFmpeg often looks at a few bytes and then leaves.
 */
const FIRST_WINDOW = 64 * KiB;
const LARGEST_WINDOW = 4 * 1024 * KiB;

export interface ServedSource {
  url: string;
  /** The furthest byte that was sent, as a share of all: 0 to 1. */
  reached(): number;
  /** What kept the source from being read, where something did: then FFmpeg's complaints say nothing about the file. */
  failure(): unknown;
  /** Ends every connection and every read. */
  close(): Promise<void>;
}

/** Serves one source, and nothing else, to whoever on this machine knows the random address. */
export async function serveSource(
  source: RangeSource,
  signal: AbortSignal,
  patience?: Patience,
): Promise<ServedSource> {
  signal.throwIfAborted();
  const path = `/${randomBytes(16).toString('hex')}`;
  const closing = new AbortController();
  const stop = AbortSignal.any([signal, closing.signal]);
  const answers = new Set<Promise<void>>();
  let reached = 0;
  let failure: unknown;

  const server = createServer((request, response) => {
    const answer = respond(request, response)
      .catch((error) => {
        if (!stop.aborted && !response.closed) failure ??= error;
        response.destroy();
      })
      .finally(() => answers.delete(answer));
    answers.add(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== path) return void response.writeHead(404).end();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    }
    const range = parseRange(request.headers.range, source.size);
    const headers = { 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
    if (range === 'unsatisfiable') {
      return void response.writeHead(416, { ...headers, 'content-range': `bytes */${source.size}` }).end();
    }
    const { start, end } = range ?? { start: 0, end: source.size - 1 };
    const part = range && { 'content-range': `bytes ${start}-${end}/${source.size}` };
    response.writeHead(range ? 206 : 200, { ...headers, ...part, 'content-length': end - start + 1 });
    if (request.method === 'GET') await send({ start, end }, response);
    response.end();
  }

  async function send(range: ByteRange, response: ServerResponse): Promise<void> {
    const left = new AbortController();
    response.once('close', () => left.abort());
    const reading = AbortSignal.any([stop, left.signal]);
    for (const window of windows(range)) {
      const bytes = await readWindow(source, window, reading, patience);
      const flushed = response.write(bytes) || once(response, 'drain', { signal: reading });
      reached = Math.max(reached, (window.end + 1) / source.size);
      await flushed;
    }
  }

  return {
    url: `http://127.0.0.1:${port}${path}`,
    reached: () => reached,
    failure: () => failure,
    close: async () => {
      closing.abort();
      server.close();
      server.closeAllConnections();
      await Promise.all(answers);
    },
  };
}

function* windows({ start, end }: ByteRange): Generator<ByteRange> {
  for (let size = FIRST_WINDOW; start <= end; size = Math.min(size * 2, LARGEST_WINDOW)) {
    yield { start, end: Math.min(start + size - 1, end) };
    start += size;
  }
}
