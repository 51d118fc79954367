import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createS3Client } from './client.ts';
import { s3UploadStore } from './upload-store.ts';

/* What S3 may answer and networks may do, played by a server of our own. */

const PART = 5 * 1024 * 1024;
const VIDEO = { contentType: 'video/mp4' };
const REF = { key: 'k', uploadId: 'u' };
type Act = (response: ServerResponse, request: IncomingMessage) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A store whose server plays the acts in their order, the last one again and again. */
const playing = (...acts: Act[]) => playingFor(30_000, ...acts);

/** The same, whose connections may be idle for this many milliseconds: this machine may be, too. */
async function playingFor(socketTimeout: number, ...acts: Act[]) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const { method, headers } = request;
    const url = new URL(request.url ?? '', 'http://s3');
    const { range, 'if-match': match, 'if-none-match': noneMatch, 'x-amz-copy-source-range': copied } = headers;
    const conditions = [range, match, noneMatch, copied].filter(Boolean);
    asked.push([method, `${url.pathname}${operationOf(url)}`, ...conditions].join(' '));
    const act = acts[Math.min(asked.length, acts.length) - 1];
    await buffer(request);
    act?.(response, request);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createS3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    forcePathStyle: true,
    maxAttempts: 2,
    requestHandler: { requestTimeout: 20_000, socketTimeout, throwOnRequestTimeout: true },
  });
  return { store: s3UploadStore(client, 'b', { write: PART, copy: PART }), asked };
}

function operationOf({ searchParams }: URL): string {
  const part = searchParams.get('partNumber');
  if (part) return `?part=${part}`;
  return searchParams.has('uploads') ? '?uploads' : searchParams.has('uploadId') ? '?upload' : '';
}

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Act =>
  (response) =>
    response.writeHead(code, headers).end(body);
const xml = (code: number, body: string) => status(code, { 'content-type': 'application/xml' }, body);
const refusing = (code: number, name: string) => xml(code, `<Error><Code>${name}</Code><Message>m</Message></Error>`);
const begun = xml(200, '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
const joined = (etag: string) =>
  xml(200, `<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>`);
const present = (etag: string) => status(200, { etag, 'content-length': '5', 'content-type': 'video/mp4' });
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

describe('reading', () => {
  const bytes = randomBytes(32 * 1024 * 1024);
  const range =
    (limit: number, after: (response: ServerResponse) => void): Act =>
    (response, { headers }) => {
      const [, start, end] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? [];
      const wanted = bytes.subarray(Number(start), Number(end) + 1);
      response.writeHead(206, {
        etag: '"e"',
        'content-length': wanted.length,
        'content-range': `bytes ${start}-${end}/${bytes.length}`,
      });
      response.write(wanted.subarray(0, limit), () => after(response));
    };
  const all = range(Number.POSITIVE_INFINITY, (response) => response.end());
  const cut = (limit: number) => range(limit, (response) => setTimeout(() => response.destroy(), 20));
  const stall = (limit: number) => range(limit, () => {});
  const read = { start: 0, end: 9, etag: 'e' };

  it('goes on behind what came, of the same object, when the connection breaks', async () => {
    const { store, asked } = await playing(cut(4), cut(3), all);
    expect(await buffer(await store.read('k', read))).toEqual(bytes.subarray(0, 10));
    expect(asked).toEqual(['GET /b/k bytes=0-9 "e"', 'GET /b/k bytes=4-9 "e"', 'GET /b/k bytes=7-9 "e"']);
  });

  it('keeps to the object it began with when no etag was given', async () => {
    const { store, asked } = await playing(cut(4), all);
    expect(await buffer(await store.read('k', { start: 0, end: 9 }))).toEqual(bytes.subarray(0, 10));
    expect(asked).toEqual(['GET /b/k bytes=0-9', 'GET /b/k bytes=4-9 "e"']);
  });

  it('does not wait for ever for bytes that do not come', async () => {
    const { store, asked } = await playingFor(400, stall(4), all);
    expect(await buffer(await store.read('k', read))).toEqual(bytes.subarray(0, 10));
    expect(asked).toHaveLength(2);
  });

  it('waits as long as its reader likes', async () => {
    const { store, asked } = await playingFor(400, all);
    const pieces: Buffer[] = [];
    for await (const piece of await store.read('k', { start: 0, end: bytes.length - 1 })) {
      if (pieces.length === 0) await sleep(800);
      pieces.push(piece);
    }
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    // The connection was idle for too long meanwhile, and a second one took over.
    expect(asked).toHaveLength(2);
  });

  it('says so when the object changed in between', async () => {
    const { store } = await playing(cut(4), status(412));
    await expect(store.read('k', read).then(buffer)).rejects.toMatchObject({ code: 'object_changed' });
  });

  it('gives up on a connection that breaks every time', async () => {
    const { store, asked } = await playing(cut(0));
    await expect(store.read('k', read).then(buffer)).rejects.toMatchObject({ code: 'read_failed', retryable: true });
    expect(asked).toHaveLength(5);
  });

  it('lets go of the connection when its reader leaves', async () => {
    const closed = Promise.withResolvers<void>();
    const { store } = await playingFor(60_000, (response, request) => {
      response.once('close', closed.resolve);
      stall(4)(response, request);
    });
    const stream = await store.read('k', read);
    for await (const _ of stream) break;
    await closed.promise;
  });
});

describe('a conditional write whose first answer was lost', () => {
  const lost = status(500);

  it('is taken for done when what is there is ours', async () => {
    const etag = `"${md5(Buffer.from('bytes'))}"`;
    const { store, asked } = await playing(lost, status(412), present(etag));
    expect(await store.write('k', 'bytes', VIDEO, { absent: true })).toMatchObject({ key: 'k', etag, size: 5 });
    expect(asked).toEqual(['PUT /b/k *', 'PUT /b/k *', 'HEAD /b/k']);
  });

  it('is refused when what is there is another’s', async () => {
    const { store } = await playing(lost, status(412), present('"other"'));
    const writing = store.write('k', 'bytes', VIDEO, { absent: true });
    await expect(writing).rejects.toMatchObject({ code: 'precondition_failed' });
  });

  it('is refused without a look when it was tried once', async () => {
    const { store, asked } = await playing(refusing(409, 'ConditionalRequestConflict'));
    const writing = store.write('k', 'bytes', VIDEO, { etag: 'e' });
    await expect(writing).rejects.toMatchObject({ code: 'precondition_failed' });
    expect(asked).toEqual(['PUT /b/k "e"']);
  });
});

describe('writing in parts', () => {
  const bytes = randomBytes(PART * 2);
  const digests = [md5(bytes.subarray(0, PART)), md5(bytes.subarray(PART))];
  const etag = `"${md5(Buffer.from(digests.join(''), 'hex'))}-2"`;
  const sent: Act = (response, request) =>
    response
      .writeHead(200, {
        etag: `"${digests[Number(new URL(request.url ?? '', 'http://s3').searchParams.get('partNumber')) - 1]}"`,
      })
      .end();

  async function writing(...acts: Act[]) {
    const folder = await mkdtemp(join(tmpdir(), 'reelight-faults-'));
    try {
      await writeFile(join(folder, 'file'), bytes);
      // Patient: a machine that is slow must not make a part come twice.
      const { store, asked } = await playingFor(10_000, ...acts);
      const outcome = await store.writeFile('k', join(folder, 'file'), VIDEO).catch((error: unknown) => error);
      return { outcome, asked };
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it('sends each part, then joins them', async () => {
    const { outcome, asked } = await writing(begun, sent, sent, joined(etag));
    expect(outcome).toEqual({ key: 'k', size: bytes.length, etag, content_type: 'video/mp4', checksum: null });
    expect(asked.sort()).toEqual(['POST /b/k?upload', 'POST /b/k?uploads', 'PUT /b/k?part=1', 'PUT /b/k?part=2']);
  });

  it('is taken for done when the answer to joining was lost', async () => {
    const { outcome } = await writing(begun, sent, sent, status(500), refusing(404, 'NoSuchUpload'), present(etag));
    expect(outcome).toMatchObject({ key: 'k', etag });
  });

  it('reclaims its parts when one cannot be sent, and tells of that failure', async () => {
    const { outcome, asked } = await writing(begun, sent, refusing(403, 'AccessDenied'), status(500));
    expect(outcome).toMatchObject({ name: 'AccessDenied' });
    expect(asked.at(-1)).toBe('DELETE /b/k?upload');
  });

  it('reclaims its parts when they cannot be joined', async () => {
    const { outcome, asked } = await writing(begun, sent, sent, refusing(400, 'InvalidPart'), status(204));
    expect(outcome).toMatchObject({ name: 'InvalidPart' });
    expect(asked.at(-1)).toBe('DELETE /b/k?upload');
  });
});

it('copies ranges of large objects only: S3 takes no other', async () => {
  const part = xml(200, '<CopyPartResult><ETag>"p"</ETag></CopyPartResult>');
  const sized = (size: number) => status(200, { etag: '"e"', 'content-length': String(size) });
  const copyOf = async (size: number) => {
    const { store, asked } = await playing(sized(size), begun, ...(size > PART ? [part] : []), part, joined('"w"'));
    await store.copy('a', 'k', VIDEO, { absent: true });
    return asked.filter((call) => call.startsWith('PUT')).sort();
  };
  expect(await copyOf(PART)).toEqual(['PUT /b/k?part=1']);
  expect(await copyOf(PART + 1)).toEqual([
    `PUT /b/k?part=1 bytes=0-${PART - 1}`,
    `PUT /b/k?part=2 bytes=${PART}-${PART}`,
  ]);
});

describe('completing an upload', () => {
  const parts = [{ part_number: 1, etag: 'e' }];

  it.each(['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall'])('says `invalid_parts` for %s', async (name) => {
    const { store } = await playing(refusing(400, name));
    await expect(store.completeMultipart(REF, parts)).rejects.toMatchObject({ code: 'invalid_parts' });
  });

  it('tries again while somebody else writes the same key, and then finds their object', async () => {
    const conflict = refusing(409, 'ConditionalRequestConflict');
    const { store, asked } = await playing(conflict, conflict, refusing(412, 'PreconditionFailed'), status(204));
    await store.completeMultipart(REF, parts);
    expect(asked).toEqual([...Array(3).fill('POST /b/k?upload *'), 'DELETE /b/k?upload']);
  });

  it('does not try for ever', async () => {
    const { store } = await playing(refusing(409, 'ConditionalRequestConflict'));
    await expect(store.completeMultipart(REF, parts)).rejects.toMatchObject({ code: 'contended', retryable: true });
  });

  it('believes no 200 that says in its body that it failed', async () => {
    const { store, asked } = await playing(refusing(200, 'InternalError'));
    await expect(store.completeMultipart(REF, parts)).rejects.toMatchObject({ name: 'InternalError' });
    expect(asked.length).toBeGreaterThan(0);
  });

  it('lets other errors through', async () => {
    const { store } = await playing(refusing(403, 'AccessDenied'));
    await expect(store.completeMultipart(REF, parts)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(store.abortMultipart(REF)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(store.head('k')).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });
});

it('fails when S3 keeps an object that was to be removed', async () => {
  const { store } = await playing(
    xml(
      200,
      '<ListBucketResult><Contents><Key>a/1</Key></Contents><Contents><Key>a/2</Key></Contents></ListBucketResult>',
    ),
    xml(200, '<DeleteResult><Error><Key>a/2</Key><Code>AccessDenied</Code></Error></DeleteResult>'),
  );
  await expect(store.removeAll('a/')).rejects.toMatchObject({ code: 'remove_failed', retryable: true });
});

it('goes through every page of what is to be removed', async () => {
  const { store, asked } = await playing(
    xml(
      200,
      '<ListBucketResult><NextContinuationToken>t</NextContinuationToken><Contents><Key>a/1</Key></Contents></ListBucketResult>',
    ),
    xml(200, '<DeleteResult/>'),
    xml(200, '<ListBucketResult><Contents><Key>a/2</Key></Contents></ListBucketResult>'),
    xml(200, '<DeleteResult/>'),
  );
  await store.removeAll('a/');
  expect(asked).toHaveLength(4);
});
