import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { Headers } from './headers.ts';

/** What goes to an origin. */
export interface OriginRequest {
  method: string;
  /** As the viewer encoded it, from `/` on. */
  path: string;
  /** Without `?`; empty for none. */
  query: string;
  headers: Headers;
  /** Not for GET, HEAD and OPTIONS. */
  body?: Readable;
  /** Aborted when the viewer has gone. */
  signal: AbortSignal;
  /** Whether the viewer has yet to take what it was sent, so that the origin has to wait. */
  viewerIsFull: () => boolean;
}

/** Where an origin's server is. */
export interface Server {
  protocol: 'http:' | 'https:';
  hostname: string;
  port: number;
}

/** The origin said nothing for too long. */
export class OriginTimeout extends Error {
  override readonly name = 'OriginTimeout';
}

/** CloudFront's default: an origin's longest silence, before its first byte as between two. */
export const RESPONSE_TIMEOUT_MS = 30_000;
const ATTEMPTS = 3;
/** Methods that only read. */
export const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

const KEPT = { keepAlive: true, maxFreeSockets: 64 };
/** A new connection each time, but not announced as one: a server that closes early may take its answer with it. */
const FRESH = { keepAlive: true, maxFreeSockets: 0 };
const agents = {
  'http:': { kept: new http.Agent(KEPT), fresh: new http.Agent(FRESH) },
  'https:': { kept: new https.Agent(KEPT), fresh: new https.Agent(FRESH) },
};

export function serverOf(url: URL): Server {
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  return {
    protocol: secure ? 'https:' : 'http:',
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
  };
}

/**
 * One request, answered; the answer's body is still to be read. What only reads is tried again when the connection
 * breaks before an answer, as a kept one does that the origin closed meanwhile. Anything else goes once, over a
 * connection of its own.
 *
 * @param target path and query, encoded
 * @throws OriginTimeout, or the connection's error
 */
export async function exchange(
  server: Server,
  target: string,
  request: OriginRequest,
  timeoutMs: number,
): Promise<http.IncomingMessage> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(server, target, request, timeoutMs);
    } catch (error) {
      const again = attempt < ATTEMPTS && REPEATABLE.has(request.method) && !(error instanceof OriginTimeout);
      if (!again || request.signal.aborted) throw error;
    }
  }
}

function once(server: Server, target: string, request: OriginRequest, timeoutMs: number) {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const { request: open } = server.protocol === 'https:' ? https : http;
  const outgoing = open({
    hostname: server.hostname,
    port: server.port,
    method: request.method,
    path: target,
    headers: framed(request),
    agent: agents[server.protocol][REPEATABLE.has(request.method) ? 'kept' : 'fresh'],
    signal: request.signal,
    timeout: timeoutMs,
  });
  let answer: http.IncomingMessage | undefined;
  outgoing.on('timeout', () => {
    const waitsForViewer = answer ? request.viewerIsFull() : !outgoing.writableEnded && !outgoing.writableNeedDrain;
    if (!waitsForViewer) (answer ?? outgoing).destroy(new OriginTimeout(`the origin was silent for ${timeoutMs} ms`));
  });
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    answer = response;
    resolve(response);
  });
  // No pipeline: that would tear down the viewer's connection with the origin's, and leave none to answer on.
  if (request.body) request.body.pipe(outgoing);
  else outgoing.end();
  return promise;
}

/** A body's length is known, or it goes in chunks, whatever the method. */
function framed({ headers, body }: OriginRequest): Headers {
  const { 'content-length': length, ...others } = headers;
  if (!body) return others;
  return length ? headers : { ...others, 'transfer-encoding': ['chunked'] };
}
