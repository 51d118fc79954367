import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DOCUMENT, PAGE, POSTER, SCRIPT, SOURCE, VIDEO } from './cases.ts';

/** A small server on loopback that remembers what it was asked. */
export interface StubServer {
  base: string;
  asked: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  server: Server;
  close(): Promise<void>;
}

export async function startServer(answer: RequestListener): Promise<StubServer> {
  const asked: StubServer['asked'] = [];
  const server = createServer((request, response) => {
    const note = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: '' };
    asked.push(note);
    request.on('data', (chunk) => {
      note.body += chunk;
    });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    asked,
    server,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** An API that knows one document, has problems with everything else, and sets a cookie. */
export const stubApi: RequestListener = (request, response) => {
  const path = request.url?.split('?')[0];
  request.resume().on('end', () => {
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    if (path === '/stage/openapi.json') {
      response.writeHead(200, { 'content-type': 'application/json', connection: 'x-hop, close', 'x-hop': '1' });
      return response.end('{"openapi":"3.1.0"}');
    }
    const status = path === '/stage/upload' ? 400 : 404;
    response.writeHead(status, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ type: 'about:blank', title: 'No', status, detail: 'No', code: 'no' }));
  });
};

const objects = new Map(
  [
    ['files', VIDEO],
    ['files', DOCUMENT],
    ['files', SOURCE],
    ['files', POSTER],
    ['site', SCRIPT],
    ['site', PAGE],
  ].map(([bucket, object]) => [`/${bucket}/${(object as typeof VIDEO).key}`, object as typeof VIDEO]),
);

/** As much of S3 as a reader sees: ranges, conditions, and 403 in XML for everything that is not there. */
export const stubS3: RequestListener = (request, response) => {
  const object = objects.get(decodeURIComponent(request.url?.split('?')[0] ?? ''));
  const refuse = (status: number, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end('<Error/>');
  };
  if (!object || request.method === 'OPTIONS') return refuse(403);
  const size = object.body.length;
  const etag = `"${createHash('md5').update(object.body).digest('hex')}"`;
  const { range, 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  if (ifMatch && ifMatch !== etag) return refuse(412);
  if (ifNoneMatch === etag) return void response.writeHead(304, { etag }).end();
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === undefined || last === undefined) return give(response, 200, object.body);
  const start = first ? Number(first) : size - Number(last);
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1;
  if (start >= size) return refuse(416, { 'content-range': `bytes */${size}` });
  return give(response, 206, object.body.slice(start, end + 1), { 'content-range': `bytes ${start}-${end}/${size}` });

  function give(to: ServerResponse, status: number, body: string, headers = {}): void {
    const common = { etag, 'content-type': object?.type, 'accept-ranges': 'bytes', 'cache-control': 'max-age=60' };
    to.writeHead(status, { ...common, 'content-length': body.length, ...headers }).end(body);
  }
};
