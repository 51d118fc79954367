import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../core/log.ts';
import { ask, type Question } from '../../test/edge/ask.ts';
import { EDGE_CASES } from '../../test/edge/cases.ts';
import { expectedReply, lasting, routeFor } from '../../test/edge/expected.ts';
import { type StubServer, startServer, stubApi, stubS3 } from '../../test/edge/stub-origins.ts';
import { createEdge, type Edge } from './edge.ts';
import { bucketOrigin, customOrigin } from './origins.ts';

const TIMEOUT_MS = 300;

let edge: Edge;
let base: string;
/** What the API does; set by a test, the stub otherwise. */
let api: http.RequestListener;
let apiServer: StubServer;
let s3Server: StubServer;

beforeAll(async () => {
  apiServer = await startServer((request, response) => api(request, response));
  s3Server = await startServer(stubS3);
});
afterAll(() => Promise.all([apiServer.close(), s3Server.close()]));

beforeEach(async () => {
  api = stubApi;
  apiServer.asked.length = 0;
  s3Server.asked.length = 0;
  ({ edge, base } = await startEdge(['*']));
});
afterEach(() => edge.close(0));

async function startEdge(allowedOrigins: string[], apiBase = apiServer.base) {
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' };
  const client = new S3Client({ endpoint: s3Server.base, region: 'us-east-1', forcePathStyle: true, credentials });
  const started = createEdge({
    origins: {
      api: customOrigin(`${apiBase}/stage`, TIMEOUT_MS),
      socket: customOrigin(`${apiBase}/socket`, TIMEOUT_MS),
      files: bucketOrigin(client, 'files', TIMEOUT_MS),
      site: bucketOrigin(client, 'site', TIMEOUT_MS),
    },
    allowedOrigins,
    log: silentLog,
  });
  started.server.listen(0, '127.0.0.1');
  await once(started.server, 'listening');
  return { edge: started, base: `http://127.0.0.1:${(started.server.address() as AddressInfo).port}` };
}

/** What the origin itself answers to it. */
function askOrigin(origin: 'api' | 'files' | 'site', question: Question) {
  if (origin === 'api') return ask(apiServer.base, { ...question, path: `/stage${question.path}` });
  return ask(s3Server.base, { ...question, path: `/${origin}${question.path}` });
}

/** Bytes as they are, until the other side hangs up. */
async function talk(text: string): Promise<string> {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

describe('every case', () => {
  it.each(EDGE_CASES)('$name: $status', async (asked) => {
    const got = await ask(base, asked);
    expect(got.status).toBe(asked.status);
    if (!asked.from) {
      expect(apiServer.asked).toEqual([]);
      expect(s3Server.asked).toEqual([]);
      return;
    }
    const { origin, ...differently } = asked.from;
    const raw = await askOrigin(origin, { ...asked, ...differently });
    // Objects set no cookies, whoever answers for them.
    if (routeFor(asked.path).fallback) delete raw.headers['set-cookie'];
    // Named by its Connection.
    delete raw.headers['x-hop'];
    expect(lasting(got)).toEqual(expectedReply(raw, asked, ['*']));
  });
});

describe('what origins are asked', () => {
  const viewer = {
    host: 'viewer.example',
    cookie: 'session=1; theme=dark',
    authorization: 'Bearer x',
    'user-agent': 'browser',
    'x-forwarded-for': '192.0.2.7',
    'x-forwarded-proto': 'https',
    'x-own': 'y',
    te: 'trailers',
    connection: 'x-private',
    'x-private': 'z',
  };

  it('gives the API all but the Host and what belongs to the connection', async () => {
    await ask(base, { path: '/videos?client_id=a%20b', headers: viewer });
    const [asked] = apiServer.asked;
    expect(asked?.url).toBe('/stage/videos?client_id=a%20b');
    expect(asked?.headers).toEqual({
      host: new URL(apiServer.base).host,
      cookie: viewer.cookie,
      authorization: 'Bearer x',
      'user-agent': 'browser',
      'x-own': 'y',
      'x-forwarded-for': '192.0.2.7, 127.0.0.1',
      via: '1.1 reelight-edge',
      connection: 'keep-alive',
    });
  });

  it('gives S3 a signature and nothing of the viewer but what the object needs', async () => {
    await ask(base, { path: '/processed_videos/case?x=y', headers: { ...viewer, range: 'bytes=0-1' } });
    const [asked] = s3Server.asked;
    const url = new URL(asked?.url ?? '', s3Server.base);
    expect(url.pathname).toBe('/files/processed_videos/case');
    expect(url.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe('token');
    expect(url.searchParams.has('x')).toBe(false);
    expect(asked?.headers).toEqual({
      host: new URL(s3Server.base).host,
      range: 'bytes=0-1',
      'user-agent': 'Amazon CloudFront',
      'x-forwarded-for': '192.0.2.7, 127.0.0.1',
      via: '1.1 reelight-edge',
      connection: 'keep-alive',
    });
  });

  it('is not confused by odd names', async () => {
    api = (_request, response) => response.writeHead(200, ['__proto__', 'b', 'constructor', 'c']).end();
    const got = await ask(base, { path: '/a?__proto__=x', headers: JSON.parse('{"__proto__":"a","constructor":"b"}') });
    expect(got.status).toBe(200);
    expect(Object.entries(got.headers)).toContainEqual(['constructor', 'c']);
    expect(Object.entries(apiServer.asked[0]?.headers ?? {})).toContainEqual(['constructor', 'b']);
    expect(apiServer.asked[0]?.url).toBe('/stage/a?__proto__=x');
  });

  it('gives the API no query string for what S3 does not have', async () => {
    await ask(base, { path: '/processed_videos/none?acl' });
    expect(apiServer.asked).toMatchObject([{ url: '/stage/processed_videos/none' }]);
  });

  it('asks S3 for no range on the strength of a date', async () => {
    const headers = { range: 'bytes=0-3', 'if-range': 'Wed, 21 Oct 2026 07:28:00 GMT' };
    await ask(base, { path: '/processed_videos/case', headers });
    expect(s3Server.asked).toHaveLength(1);
    expect(s3Server.asked[0]?.headers).not.toHaveProperty('if-match');
  });

  it('signs keys of any spelling', async () => {
    await ask(base, { path: '/processed_videos/a%20b%2Bc+d%C3%A9//e' });
    expect(s3Server.asked[0]?.url?.split('?')[0]).toBe('/files/processed_videos/a%20b%2Bc%2Bd%C3%A9//e');
  });

  it('passes a preflight to the bucket unsigned, and then to the API', async () => {
    const headers = { origin: 'https://viewer.example', 'access-control-request-method': 'GET' };
    const got = await ask(base, { method: 'OPTIONS', path: '/metadata/case.json', headers });
    expect(s3Server.asked).toMatchObject([{ method: 'OPTIONS', url: '/files/metadata/case.json', headers }]);
    expect(apiServer.asked).toMatchObject([{ method: 'OPTIONS', url: '/stage/metadata/case.json', headers }]);
    expect(got.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': expect.stringContaining('range'),
      'access-control-max-age': '600',
    });
  });
});

describe('allowed origins', () => {
  it('are named to themselves only, and only in answers about files', async () => {
    await edge.close(0);
    ({ edge, base } = await startEdge(['https://one.example', 'https://two.example']));
    const from = (origin: string, path = '/processed_videos/case') => ask(base, { path, headers: { origin } });
    expect((await from('https://two.example')).headers).toMatchObject({
      'access-control-allow-origin': 'https://two.example',
      vary: 'Origin',
    });
    for (const reply of [await from('https://three.example'), await from('https://one.example', '/openapi.json')]) {
      expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });
});

describe('bodies', () => {
  it('go to the origin as they come', async () => {
    let first = '';
    const arrived = Promise.withResolvers<void>();
    api = (request, response) => {
      request.once('data', (chunk) => {
        first = String(chunk);
        arrived.resolve();
      });
      request.on('end', () => response.end('thanks'));
    };
    const request = http.request(`${base}/videos`, { method: 'POST' });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.write('begin');
    await arrived.promise;
    expect(first).toBe('begin');
    request.end('end');
    const [response] = await answered;
    expect(response.statusCode).toBe(200);
    expect(apiServer.asked[0]).toMatchObject({ body: 'beginend', headers: { 'transfer-encoding': 'chunked' } });
  });

  it('go in chunks whatever the method, when their length is not known', async () => {
    const answer = await talk(
      'DELETE /videos HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1.1 404 /);
    expect(apiServer.asked[0]).toMatchObject({ body: 'abc', headers: { 'transfer-encoding': 'chunked' } });
  });

  it('come to the viewer no faster than it reads, however long that takes', async () => {
    const size = 64 * 1024 * 1024;
    let written = 0;
    api = (_request, response) => {
      const chunk = Buffer.alloc(256 * 1024);
      const more = () => {
        while (written < size) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };
    const [response] = (await once(http.get(`${base}/big`), 'response')) as [IncomingMessage];
    response.pause();
    await sleep(3 * TIMEOUT_MS);
    expect(written).toBeLessThan(size / 2);
    let read = 0;
    for await (const chunk of response) read += chunk.length;
    expect(read).toBe(size);
  });

  it('are not asked for when they would be refused', async () => {
    const head = 'POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data\r\nExpect: 100-continue\r\n';
    expect(await talk(`${head}Content-Length: 9999999\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /);
    const answer = await talk(`${head}Content-Length: 3\r\n\r\nabc`);
    expect(answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 400 /);
    expect(apiServer.asked).toMatchObject([{ body: 'abc' }]);
    expect(apiServer.asked[0]?.headers).not.toHaveProperty('expect');
  });
});

describe('trouble', () => {
  it('answers 502 when the origin cannot be reached, in clear text', async () => {
    const gone = await startServer(stubApi);
    await gone.close();
    await edge.close(0);
    ({ edge, base } = await startEdge(['*'], gone.base));
    const { status, headers, body } = await ask(base, { path: '/videos' });
    expect([status, headers['content-type']]).toEqual([502, 'text/plain; charset=utf-8']);
    expect(body).toMatch(/cannot be reached/);
  });

  it('answers 504 when the origin takes too long', async () => {
    api = () => {};
    expect(await ask(base, { path: '/videos' })).toMatchObject({
      status: 504,
      body: expect.stringMatching(/too long/),
    });
    expect(apiServer.asked).toHaveLength(1);
  });

  it('does not take a slow sender for a slow origin', async () => {
    const request = http.request(`${base}/videos`, { method: 'POST', headers: { 'content-length': 2 } });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.write('a');
    await sleep(3 * TIMEOUT_MS);
    request.end('b');
    const [response] = await answered;
    expect(response.statusCode).toBe(404);
    expect(apiServer.asked[0]?.body).toBe('ab');
  });

  it('repeats what only reads when a kept connection turns out to be dead', async () => {
    let first = true;
    api = (request, response) => {
      if (first && apiServer.asked.length === 2) {
        first = false;
        return void request.socket.resetAndDestroy();
      }
      response.end('fine');
    };
    await ask(base, { path: '/one' });
    expect(await ask(base, { path: '/two' })).toMatchObject({ status: 200, body: 'fine' });
    expect(apiServer.asked.map(({ url }) => url)).toEqual(['/stage/one', '/stage/two', '/stage/two']);
  });

  it('never repeats what changes something', async () => {
    api = (request) => request.socket.resetAndDestroy();
    expect((await ask(base, { method: 'POST', path: '/videos/x/cancel' })).status).toBe(502);
    expect(apiServer.asked).toHaveLength(1);
  });

  it('passes on what an origin answers before it has read all', async () => {
    api = (request, response) => {
      response.writeHead(413).end('enough');
      request.resume();
    };
    const body = Buffer.alloc(4 * 1024 * 1024);
    const headers = { 'content-type': 'application/octet-stream' };
    expect(await ask(base, { method: 'POST', path: '/videos', headers, body })).toMatchObject({
      status: 413,
      body: 'enough',
    });
  });

  it('breaks off when the origin breaks off, so that half is not taken for the whole', async () => {
    api = (_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    };
    await expect(ask(base, { path: '/videos' })).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('stops the origin when the viewer goes', async () => {
    const closed = Promise.withResolvers<void>();
    api = (_request, response) => {
      response.write('some');
      response.on('close', closed.resolve);
    };
    const request = http.get(`${base}/endless`);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(response, 'data');
    request.destroy();
    await closed.promise;
  });

  it('stops the origin when the viewer goes in the middle of its upload', async () => {
    const aborted = Promise.withResolvers<void>();
    api = (request) => request.on('close', () => !request.complete && aborted.resolve());
    const request = http.request(`${base}/videos`, { method: 'POST', headers: { 'content-length': 100 } });
    request.on('error', () => {});
    request.write('some');
    while (apiServer.asked.length === 0) await sleep(5);
    request.destroy();
    await aborted.promise;
  });

  it('is no proxy', async () => {
    expect(await talk('CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n')).toMatch(
      /^HTTP\/1.1 403 /,
    );
  });

  it('takes heads of a bounded size, and only HTTP', async () => {
    expect(await talk(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /);
    expect(await talk('\x16\x03\x01 this is TLS\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(await talk('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400 /,
    );
  });
});

describe('stopping', () => {
  it('lets what is under way end', async () => {
    api = (_request, response) => void setTimeout(() => response.end('done'), 100);
    const answer = ask(base, { path: '/videos' });
    while (apiServer.asked.length === 0) await sleep(5);
    const stopped = edge.close(5_000);
    expect(await answer).toMatchObject({ status: 200, body: 'done' });
    await stopped;
    await expect(ask(base, { path: '/videos' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('cuts off what does not, at once when asked twice', async () => {
    api = (_request, response) => void response.write('for ever');
    const answer = ask(base, { path: '/videos' });
    answer.catch(() => {});
    while (apiServer.asked.length === 0) await sleep(5);
    const stopped = edge.close(60_000);
    await edge.close(50);
    await stopped;
    await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
