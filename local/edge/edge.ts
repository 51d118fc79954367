import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Log } from '../../core/log.ts';
import { forSignIn, type TrustedIssuer } from '../../infra/edge/for-sign-in.ts';
import { type OriginName, ROUTES, responseHeaders } from '../../infra/routes.ts';
import { type OriginRequest, REPEATABLE } from './exchange.ts';
import { viewerHeaders } from './headers.ts';
import { match } from './match.ts';
import type { CustomOrigin, Origin } from './origins.ts';
import { hasBody, MAX_REQUEST_HEAD, type OriginPlan, plan } from './plan.ts';
import { bareAnswer, refusalFor, refuse, sendGenerated } from './refusals.ts';
import { cookieCheck, type TrustedKey } from './signed-cookies.ts';
import { join, shakeHands } from './sockets.ts';
import { loadViewerFunction, splitTarget } from './viewer-function.ts';

export interface EdgeSettings {
  origins: Record<Exclude<OriginName, 'socket'>, Origin> & { socket: CustomOrigin };
  /** Origins whose pages may read our files; `*` for any. */
  allowedOrigins: readonly string[];
  /** Whose tokens and whose signed cookies count, where people sign in. */
  signIn?: (TrustedIssuer & TrustedKey) | undefined;
  log: Log;
}

export interface Edge {
  server: Server;
  /** Takes no more requests, gives those under way this long to end, and cuts off what is left. Twice, to hurry. */
  close(graceMs: number): Promise<void>;
}

const VIEWER_REQUEST = new URL('../../infra/edge/viewer-request.js', import.meta.url);

/**
 * What CloudFront is in AWS, on one machine: it does what the route table, the functions at the edge and the origins'
 * answers make it do. It keeps no copies, so nothing is ever stale here; `Cache-Control` is passed on.
 */
export function createEdge({ origins, allowedOrigins, signIn, log }: EdgeSettings): Edge {
  const viewerFunctions = {
    'viewer-request': loadViewerFunction(VIEWER_REQUEST, (source) => forSignIn(source, signIn)),
  };
  const restrict = signIn && cookieCheck(signIn);
  const policies = responseHeaders(allowedOrigins);
  const sockets = new Set<Socket>();
  let closed: Promise<void> | undefined;
  const server = createServer({
    maxHeaderSize: MAX_REQUEST_HEAD,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    shouldUpgradeCallback: ({ url = '', headers }) =>
      headers.upgrade?.toLowerCase() === 'websocket' && match(ROUTES, splitTarget(url).path).origin === 'socket',
  });
  server.on('request', (request, response) => void serve(request, response));
  server.on('checkContinue', (request, response) => void serve(request, response, 'waits'));
  server.on('upgrade', (request, socket, head) => {
    if (socket instanceof Socket) void upgrade(request, socket, head);
  });
  server.on('connect', (_request, socket) => socket.end(bareAnswer('403 Forbidden', 'This is no proxy.')));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return;
    const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
    socket.end(
      tooLarge
        ? bareAnswer('413 Content Too Large', `A request head has at most ${MAX_REQUEST_HEAD} bytes.`)
        : bareAnswer('400 Bad Request', 'This is no HTTP request.'),
    );
  });
  return { server, close };

  /** @param body `waits` when the viewer sends none before it is told to (`Expect: 100-continue`) */
  async function serve(request: IncomingMessage, response: ServerResponse, body?: 'waits'): Promise<void> {
    const gone = whenGone(response);
    try {
      // Where the body is not asked for, the connection cannot be used again: the viewer may send it or not.
      if (body) response.shouldKeepAlive = false;
      const todo = plan(request, viewerFunctions, restrict);
      if ('answer' in todo) return sendGenerated(response, todo.answer);
      if (body) response.writeContinue();
      const answer = await ask(todo, {
        method: request.method ?? '',
        ...todo,
        ...(hasBody(request) && { body: request }),
        signal: gone,
        viewerIsFull: () => response.writableNeedDrain,
      });
      await passOn(answer, request, response, todo);
    } catch (error) {
      fail(error, response, gone);
    }
  }

  async function upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // Who closes its side before there is a WebSocket has gone.
    const leave = () => socket.destroy();
    socket.on('end', leave);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on('finish', () => socket.destroySoon());
    const gone = whenGone(response);
    try {
      const todo = plan(request, viewerFunctions, restrict);
      if ('answer' in todo) return sendGenerated(response, todo.answer);
      const answer = await shakeHands(origins.socket, { ...todo, signal: gone });
      if (!('upstream' in answer)) return await passOn(answer, request, response, todo);
      if (gone.aborted) return void answer.upstream.destroy();
      response.detachSocket(socket);
      socket.off('end', leave);
      join(socket, head, answer, origins.socket.timeoutMs);
    } catch (error) {
      fail(error, response, gone);
    }
  }

  async function ask({ behavior }: OriginPlan, request: OriginRequest): Promise<IncomingMessage> {
    const answer = await origins[behavior.origin].send(request);
    const { fallback } = behavior;
    if (!fallback?.on.includes(answer.statusCode ?? 0) || !REPEATABLE.has(request.method)) return answer;
    answer.resume();
    return origins[fallback.origin].send(request);
  }

  async function passOn(answer: IncomingMessage, request: IncomingMessage, response: ServerResponse, todo: OriginPlan) {
    const { method = '', headers } = request;
    const { respond, forward } = todo.behavior;
    const viewer = { method, origin: headers.origin, cookies: forward.cookies };
    const passed = viewerHeaders(answer.rawHeaders, policies[respond], viewer);
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, passed);
    await pipeline(answer, response);
  }

  function fail(error: unknown, response: ServerResponse, gone: AbortSignal): void {
    const refusal = refusalFor(error);
    if (refusal.status >= 500 && !gone.aborted) log.error('a request failed', error, { status: refusal.status });
    // Half an answer cannot be taken back: its connection was cut off, by which the viewer sees that it is half.
    if (!response.headersSent && !gone.aborted) refuse(response, refusal);
  }

  async function close(graceMs: number): Promise<void> {
    closed ??= new Promise((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    for (const socket of sockets) socket.end();
    const cut = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(cut);
  }
}

/** Aborted when the viewer goes before it has its whole answer. */
function whenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
