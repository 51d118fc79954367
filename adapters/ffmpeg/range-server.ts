import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RangeSource } from '../../core/ports/index.ts';
import { type Blocks, blocksOf } from './blocks.ts';
import { type ByteRange, parseRange } from './range-header.ts';
import { type Patience, readBlock } from './read-block.ts';

export interface ServedSource {
  url: string;
  /** The furthest byte that was sent, as a share of all: 0 to 1. */
  reached(): number;
  /** What kept the source from being read, where something did: then FFmpeg's complaints say nothing about the file. */
  failure(): unknown;
  /** Ends every connection and every read. */
  close(): Promise<void>;
}

/**
 * So many bytes a millisecond at the most, some 60 MB a second. A socket takes megabytes before the first is looked at,
 * and FFmpeg often leaves after a few pictures to go on elsewhere: all that was sent by then was read for nothing.
 */
const SLICE = 64 * 1024;
const PAUSE_MS = 1;

/** What was read of a source stays with it: the next to look at it begins with the same header. */
const blocksBySource = new WeakMap<RangeSource, Blocks>();

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
  const blocks: Blocks = blocksBySource.get(source) ?? new Map();
  blocksBySource.set(source, blocks);
  const bytes = blocksOf(source.size, (block) => readBlock(source, block, stop, patience), stop, { blocks });
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
    let position = range.start;
    for await (const piece of bytes(range)) {
      for (let from = 0; from < piece.length; from += SLICE) {
        if (left.signal.aborted) return;
        const slice = piece.subarray(from, from + SLICE);
        const flushed = response.write(slice) || once(response, 'drain', { signal: left.signal });
        position += slice.length;
        reached = Math.max(reached, position / source.size);
        await flushed;
        await sleep(PAUSE_MS);
      }
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
