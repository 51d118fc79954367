import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { OriginTimeout } from './exchange.ts';
import type { Headers } from './headers.ts';
import type { CustomOrigin } from './origins.ts';
import { pairs } from './viewer-function.ts';

/** How long a side may take to read what is left for it when the other has closed. */
const LINGER_MS = 2_000;

export interface Handshake {
  path: string;
  query: string;
  headers: Headers;
  signal: AbortSignal;
}

/** The origin agreed: its answer, its connection, and what it already said on it. */
export interface Agreed {
  answer: IncomingMessage;
  upstream: Socket;
  rest: Buffer;
}

/**
 * Asks the origin to become a WebSocket. What it answers instead of agreeing is an answer like any other.
 *
 * @throws OriginTimeout, or the connection's error
 */
export function shakeHands(origin: CustomOrigin, handshake: Handshake): Promise<Agreed | IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<Agreed | IncomingMessage>();
  const { request: open } = origin.server.protocol === 'https:' ? https : http;
  const outgoing = open({
    hostname: origin.server.hostname,
    port: origin.server.port,
    path: origin.target(handshake.path, handshake.query),
    headers: { ...handshake.headers, connection: 'Upgrade', upgrade: 'websocket' },
    agent: false,
    signal: handshake.signal,
    timeout: origin.timeoutMs,
  });
  outgoing.on('timeout', () => outgoing.destroy(new OriginTimeout('no answer to the handshake')));
  outgoing.on('error', reject);
  outgoing.on('response', resolve);
  outgoing.on('upgrade', (answer, upstream: Socket, rest) => resolve({ answer, upstream, rest }));
  outgoing.end();
  return promise;
}

/**
 * Tells the viewer what the origin agreed to, then passes bytes both ways until either side closes.
 *
 * @param patienceMs how long a side may leave what it was sent unread; meanwhile the other cannot be heard, nor its end
 */
export function join(viewer: Socket, head: Buffer, { answer, upstream, rest }: Agreed, patienceMs: number): void {
  upstream.setTimeout(0);
  const headers = pairs(answer.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  viewer.write(`HTTP/1.1 101 ${answer.statusMessage}\r\n${headers.join('')}\r\n`, 'latin1');
  if (rest.length > 0) upstream.unshift(rest);
  if (head.length > 0) viewer.unshift(head);
  oneWay(viewer, upstream, patienceMs);
  oneWay(upstream, viewer, patienceMs);
}

function oneWay(from: Socket, to: Socket, patienceMs: number): void {
  from.setNoDelay(true);
  from.setKeepAlive(true, 60_000);
  from.pipe(to, { end: false });
  let unread: NodeJS.Timeout | undefined;
  from.on('pause', () => {
    clearTimeout(unread);
    unread = setTimeout(() => to.destroy(), patienceMs);
  });
  to.on('drain', () => clearTimeout(unread));
  to.on('close', () => clearTimeout(unread));
  // A broken connection is a closed one; who was at the other end learns it by theirs closing.
  from.on('error', () => {});
  from.on('end', () => to.destroySoon());
  from.on('close', () => {
    to.destroySoon();
    setTimeout(() => to.destroy(), LINGER_MS).unref();
  });
}
