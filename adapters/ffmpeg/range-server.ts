import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RangeSource } from '../../core/ports/index.ts';
import { type Blocks, blockSizeOf, blocksOf, SOON_WANTED } from './blocks.ts';
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
/** Who reads on is sent more at a time, a share of what it has had: to begin and to pause takes more than to send. */
const AT_ONCE_SHARE = 1 / 8;
const MOST_AT_ONCE = 8 * SLICE;

/** What was read of a source stays with it, by the size of blocks: the next to look at it begins with the same header. */
const blocksBySource = new WeakMap<RangeSource, Map<number, Blocks>>();
/** So it does with those that have names, the latest few: a worker often takes up the next piece of the same video. */
const blocksByName = new Map<string, Blocks>();
const NAMES = 2;

/** The part of a source beyond which nobody should have to read, but for its header. */
export interface Bound {
  from: number;
  to: number;
  /** Asked again and again once the reader is there: whether it seems to wait for more. */
  isHungry(): boolean;
  /** Whether it has not come so far as to know what it wants: then nothing is kept from it. */
  isOpening(): boolean;
}
const ASK_MS = 250;
/** After each block for who only looks at a few pictures: until it has looked, if that was enough. */
const GLIMPSE_PAUSE_MS = 12;
/** Blocks behind the first that it wants, too, more often than not. */
const GLIMPSE_BLOCKS = 2;

/** What is known of the reader. */
export interface Manner {
  bound?: Bound | undefined;
  /** It looks at a few pictures here and there, and soon goes elsewhere. */
  glimpses?: boolean;
  /** Of the source, in seconds, for who reads it chunk by chunk: blocks are smaller where chunks are. */
  duration?: number;
}

/** Serves one source, and nothing else, to whoever on this machine knows the random address. */
export async function serveSource(
  source: RangeSource,
  signal: AbortSignal,
  { patience, bound, glimpses = false, duration }: Manner & { patience?: Patience } = {},
): Promise<ServedSource> {
  signal.throwIfAborted();
  const path = `/${randomBytes(16).toString('hex')}`;
  const closing = new AbortController();
  const stop = AbortSignal.any([signal, closing.signal]);
  const block = blockSizeOf(source.size, duration);
  const blocks = blocksFor(source, block);
  const passing = bound && { start: bound.from, end: bound.to - 1 };
  const read = (range: ByteRange) => readBlock(source, range, stop, patience);
  const bytes = blocksOf(source.size, read, stop, { block, blocks, passing });
  const answers = new Set<Promise<void>>();
  let reached = 0;
  let failure: unknown;
  let latest: ServerResponse | undefined;

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
    // Who seeks opens the next connection before it closes the one that it has done with.
    if (bound || glimpses) latest?.destroy();
    latest = response;
    let position = range.start;
    // An index may lie at the end.
    const isBounded = bound !== undefined && position < bound.to;
    // Of what lies before its part, a reader wants the first few pictures to learn what it has to do with.
    const isGlimpse = glimpses || (isBounded && position < bound.from);
    let portion = glimpses ? block : SLICE;
    let sent = 0;
    const ahead = isGlimpse
      ? { least: GLIMPSE_BLOCKS, isGlimpse }
      : isBounded
        ? { until: bound.to, beyond: () => hunger(bound, left.signal), least: SOON_WANTED }
        : {};
    for await (const piece of bytes(range, ahead)) {
      for (let from = 0; from < piece.length; from += SLICE) {
        if (left.signal.aborted) return;
        const slice = piece.subarray(from, from + SLICE);
        response.write(slice);
        position += slice.length;
        sent += slice.length;
        reached = Math.max(reached, position / source.size);
        if (sent < portion) continue;
        if (response.writableNeedDrain) await once(response, 'drain', { signal: left.signal });
        await sleep(isGlimpse ? GLIMPSE_PAUSE_MS : (PAUSE_MS * sent) / SLICE);
        sent = 0;
        if (!isGlimpse) portion = Math.min(MOST_AT_ONCE, Math.max(SLICE, (position - range.start) * AT_ONCE_SHARE));
      }
      if (left.signal.aborted) return;
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

function blocksFor(source: RangeSource, block: number): Blocks {
  const name = source.identity && `${source.identity} ${block}`;
  const ofSource = blocksBySource.get(source) ?? new Map<number, Blocks>();
  const blocks: Blocks = (name ? blocksByName.get(name) : ofSource.get(block)) ?? new Map();
  if (!name) blocksBySource.set(source, ofSource.set(block, blocks));
  else {
    blocksByName.delete(name);
    blocksByName.set(name, blocks);
    for (const oldest of blocksByName.keys()) {
      if (blocksByName.size <= NAMES) break;
      blocksByName.delete(oldest);
    }
  }
  return blocks;
}

/** Whether more is wanted, once that is known: not when the reader has left, as it has when it had enough. */
async function hunger({ isHungry, isOpening }: Bound, left: AbortSignal): Promise<boolean> {
  if (isOpening()) return !left.aborted;
  do await sleep(ASK_MS);
  while (!left.aborted && !isHungry());
  return !left.aborted;
}
