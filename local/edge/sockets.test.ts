import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { silentLog } from '../../core/log.ts';
import { SOCKET_CASES } from '../../test/edge/cases.ts';
import { type StubServer, startServer, stubApi } from '../../test/edge/stub-origins.ts';
import { createEdge, type Edge } from './edge.ts';
import { customOrigin } from './origins.ts';

let edge: Edge;
let base: string;
let origin: StubServer;
let accepting: WebSocketServer;
/** Handshakes that reached the origin. */
let asked: { url: string | undefined; headers: NodeJS.Dict<string | string[]> }[];

beforeAll(async () => {
  origin = await startServer(stubApi);
  accepting = new WebSocketServer({ noServer: true, handleProtocols: () => 'second' });
  origin.server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    socket.on('end', () => socket.destroy());
    asked.push({ url: request.url, headers: request.headers });
    if (request.url?.endsWith('client_id=')) {
      return socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 8\r\nConnection: close\r\n\r\nbad name');
    }
    if (request.url?.endsWith('client_id=silent')) return socket.resume();
    const accept = () =>
      accepting.handleUpgrade(request, socket, head, (server) => {
        server.on('message', (data, isBinary) => server.send(data, { binary: isBinary }));
        accepting.emit('connection', server, request);
      });
    if (request.url?.endsWith('client_id=slow')) setTimeout(accept, 100);
    else accept();
  });
});
afterAll(() => origin.close());

beforeEach(async () => {
  asked = [];
  const api = customOrigin(origin.base);
  const socket = customOrigin(`${origin.base.replace('http', 'ws')}/stage`, 300);
  edge = createEdge({ origins: { api, files: api, site: api, socket }, allowedOrigins: ['*'], log: silentLog });
  edge.server.listen(0, '127.0.0.1');
  await once(edge.server, 'listening');
  base = `ws://127.0.0.1:${(edge.server.address() as AddressInfo).port}`;
});
afterEach(() => edge.close(0));

/** Opens a WebSocket, and gives both its ends. */
async function open(path = '/ws/alice', ...options: [string[]?, object?]) {
  const accepted = once(accepting, 'connection') as Promise<[WebSocket]>;
  const viewer = new WebSocket(base + path, ...options);
  await once(viewer, 'open');
  const [server] = await accepted;
  return { viewer, server };
}

async function refusal(path: string): Promise<{ status: number | undefined; body: string }> {
  const viewer = new WebSocket(base + path);
  const [, response] = await once(viewer, 'unexpected-response');
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body };
}

const heads = () => new Promise<number>((resolve) => edge.server.getConnections((_error, count) => resolve(count)));

it.each(SOCKET_CASES)('asks the origin for $name', async ({ path, query }) => {
  if (query.endsWith('client_id=')) expect(await refusal(path)).toEqual({ status: 400, body: 'bad name' });
  else (await open(path)).viewer.terminate();
  expect(asked).toHaveLength(1);
  expect(asked[0]?.url).toBe(`/stage/?${query}`);
});

it('forwards the handshake and the Origin, not the Host, no cookies', async () => {
  const headers = { cookie: 'a=b', authorization: 'Bearer x', host: 'viewer.example' };
  const { viewer } = await open('/ws/alice', ['first', 'second'], { headers, origin: 'https://viewer.example' });
  expect(viewer.protocol).toBe('second');
  expect(asked[0]?.headers).toEqual({
    host: new URL(origin.base).host,
    origin: 'https://viewer.example',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': expect.any(String),
    'sec-websocket-protocol': 'first,second',
    'sec-websocket-extensions': expect.any(String),
    'user-agent': 'Amazon CloudFront',
    'x-forwarded-for': '127.0.0.1',
    via: '1.1 reelight-edge',
  });
});

it('carries messages of any size both ways', async () => {
  const { viewer, server } = await open();
  server.send('hello');
  expect(String((await once(viewer, 'message'))[0])).toBe('hello');
  const large = Buffer.alloc(5 * 1024 * 1024, 'x');
  viewer.send(large);
  const [echo] = await once(viewer, 'message');
  expect(large.equals(echo)).toBe(true);
});

it('loses nothing that the origin says together with its agreement', async () => {
  accepting.once('connection', (server: WebSocket) => server.send('at once'));
  const viewer = new WebSocket(`${base}/ws/alice`);
  expect(String((await once(viewer, 'message'))[0])).toBe('at once');
});

it('passes a close on, whoever closes, with its code', async () => {
  const one = await open();
  one.viewer.close(4001, 'enough');
  expect((await once(one.server, 'close'))[0]).toBe(4001);
  const other = await open();
  other.server.close(4002, 'enough');
  expect((await once(other.viewer, 'close'))[0]).toBe(4002);
  while ((await heads()) > 0) await sleep(10);
});

it('passes a broken connection on, whoever breaks', async () => {
  const one = await open();
  one.viewer.terminate();
  await once(one.server, 'close');
  const other = await open();
  other.server.terminate();
  await once(other.viewer, 'close');
  while ((await heads()) > 0) await sleep(10);
});

it('ends the handshake at the origin when the viewer goes in the middle of it', async () => {
  const arrived = once(origin.server, 'upgrade');
  const viewer = new WebSocket(`${base}/ws/slow`);
  viewer.on('error', () => {});
  const [, socket] = await arrived;
  viewer.terminate();
  await once(socket, 'close');
  while ((await heads()) > 0) await sleep(10);
});

it('answers 504 to a handshake that the origin does not answer, 502 without an origin', async () => {
  expect((await refusal('/ws/silent')).status).toBe(504);
  await edge.close(0);
  const api = customOrigin(origin.base);
  const socket = customOrigin('ws://127.0.0.1:9');
  edge = createEdge({ origins: { api, files: api, site: api, socket }, allowedOrigins: ['*'], log: silentLog });
  edge.server.listen(0, '127.0.0.1');
  await once(edge.server, 'listening');
  base = `ws://127.0.0.1:${(edge.server.address() as AddressInfo).port}`;
  expect((await refusal('/ws/alice')).status).toBe(502);
});

it('is a WebSocket at the socket API only; elsewhere it is a request like any other', async () => {
  expect((await refusal('/openapi.json')).status).toBe(404);
  expect(asked).toEqual([]);
  expect(origin.asked.at(-1)?.headers).not.toHaveProperty('upgrade');
});

it.each([
  ['close its side', true],
  ['read what is left', false],
])('keeps a viewer that does not %s no longer than a moment', async (_what, reads) => {
  const raw = connect({ port: Number(new URL(base).port), host: '127.0.0.1', allowHalfOpen: true });
  raw.on('error', () => {});
  const accepted = once(accepting, 'connection') as Promise<[WebSocket]>;
  const head = ['GET /ws/bob HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  head.push('Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', '', '');
  raw.write(head.join('\r\n'));
  const [bob] = await accepted;
  if (reads) raw.resume();
  bob.send(Buffer.alloc(16 * 1024 * 1024));
  setTimeout(() => bob.terminate(), 200);
  while ((await heads()) > 0) await sleep(50);
  raw.destroy();
});

it('ends every socket when the edge stops', async () => {
  const { viewer, server } = await open();
  const ended = Promise.all([once(viewer, 'close'), once(server, 'close')]);
  await edge.close(2_000);
  await ended;
});
