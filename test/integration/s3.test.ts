import { randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { PutBucketCorsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3Client } from '../../adapters/s3/client.ts';
import { s3UploadStore } from '../../adapters/s3/upload-store.ts';
import type { UploadStore } from '../../core/ports/object-store.ts';
import { rangeSource } from '../../core/range-source.ts';
import { objectStoreConformance } from '../conformance/object-store.ts';
import { uploadStoreConformance } from '../conformance/upload-store.ts';
import { emulator, type FreshBucket, freshBucket } from './emulator.ts';

/* The stores on S3: what every store must do, and what only this one can get wrong. */

const PART = 5 * 1024 * 1024;
let fresh: FreshBucket;
let second: FreshBucket;
let store: UploadStore;
let other: UploadStore;
beforeAll(async () => {
  [fresh, second] = await Promise.all([freshBucket(), freshBucket()]);
  other = s3UploadStore(second.client, second.bucket);
  store = s3UploadStore(fresh.client, fresh.bucket, { write: PART, copy: PART });
});
afterAll(() => Promise.all([fresh.remove(), second.remove()]));

const soon = () => new Date(Date.now() + 60_000);

async function send(url: string, headers: Record<string, string>, body: Uint8Array) {
  const response = await fetch(url, { method: 'PUT', headers, body: Uint8Array.from(body) });
  await response.arrayBuffer();
  return { status: response.status, etag: response.headers.get('etag') ?? '' };
}

describe('a bucket in S3', () => {
  objectStoreConformance(() => ({ store, other, unfinished: () => fresh.unfinished() }), { runs: 20 });
  uploadStoreConformance(() => ({ store, send }));
});

describe('signed URLs', () => {
  it('sign every header that is to be sent, and promise no checksum', async () => {
    const put = { size: 5, contentType: 'video/mp4', expiresAt: soon() };
    const { searchParams } = new URL((await store.presignPut('uploads/a', put)).url);
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host;if-none-match');
    const part = await store.presignPart(
      { key: 'uploads/a', uploadId: 'u' },
      { number: 1, size: 5, expiresAt: soon() },
    );
    expect(new URL(part).searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host');
    for (const name of [...searchParams.keys(), ...new URL(part).searchParams.keys()]) {
      expect(name).not.toMatch(/checksum|acl|meta/i);
    }
  });

  it('live until the given time, and a week at most', async () => {
    const lifeOf = async (ms: number) => {
      const put = { size: 5, contentType: 'video/mp4', expiresAt: new Date(Date.now() + ms) };
      const { searchParams } = new URL((await store.presignPut('uploads/a', put)).url);
      return Number(searchParams.get('X-Amz-Expires'));
    };
    expect(await lifeOf(3_600_000)).toBeGreaterThan(3595);
    expect(await lifeOf(3_600_000)).toBeLessThanOrEqual(3600);
    expect(await lifeOf(1e12)).toBe(604_800);
    expect(await lifeOf(-1e12)).toBe(1);
  });

  it('may be used from pages of allowed origins, and from no others', async () => {
    const origin = 'https://reelight.example';
    const rule = {
      AllowedOrigins: [origin],
      AllowedMethods: ['PUT'],
      AllowedHeaders: ['content-type', 'if-none-match'],
      ExposeHeaders: ['ETag'],
    };
    await fresh.client.send(
      new PutBucketCorsCommand({ Bucket: fresh.bucket, CORSConfiguration: { CORSRules: [rule] } }),
    );
    const put = { size: 5, contentType: 'video/mp4', expiresAt: soon() };
    const { url, headers } = await store.presignPut(`uploads/${randomUUID()}`, put);
    const preflight = (from: string) =>
      fetch(url, {
        method: 'OPTIONS',
        headers: {
          origin: from,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': Object.keys(headers).join(', '),
        },
      });
    const allowed = await preflight(origin);
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(allowed.headers.get('access-control-allow-headers')).toBe('content-type, if-none-match');
    expect((await preflight('https://elsewhere.example')).status).toBe(403);
    const response = await fetch(url, { method: 'PUT', headers: { ...headers, origin }, body: 'right' });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toBe('ETag');
  });
});

it('lists more parts than S3 tells at once, by number', async () => {
  const client = createS3Client({ ...emulator(), forcePathStyle: true });
  let pages = 0;
  client.middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName !== 'ListPartsCommand') return next(args);
      pages++;
      // S3 tells a thousand at once; two do as well.
      return next({ ...args, input: { ...args.input, MaxParts: 2 } });
    },
    { step: 'initialize' },
  );
  const key = `uploads/${randomUUID()}`;
  const ref = { key, uploadId: await store.createMultipart(key, 'video/mp4') };
  const numbers = [10, 2, 9999, 1, 10_000];
  for (const number of numbers) {
    const url = await store.presignPart(ref, { number, size: 5, expiresAt: soon() });
    expect(await send(url, {}, Buffer.from('right'))).toMatchObject({ status: 200 });
  }
  const parts = await s3UploadStore(client, fresh.bucket).listParts(ref);
  expect(parts.map(({ part_number }) => part_number)).toEqual([1, 2, 10, 9999, 10_000]);
  expect(pages).toBe(3);
  await store.abortMultipart(ref);
  client.destroy();
});

it('joins twelve parts in the order of their numbers, sent several at once', async () => {
  const key = `uploads/${randomUUID()}`;
  const ref = { key, uploadId: await store.createMultipart(key, 'video/mp4') };
  const bytes = randomBytes(11 * PART + 3);
  const parts = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const body = bytes.subarray(index * PART, (index + 1) * PART);
      const url = await store.presignPart(ref, { number: index + 1, size: body.length, expiresAt: soon() });
      return { part_number: index + 1, etag: (await send(url, {}, body)).etag };
    }),
  );
  await store.completeMultipart(ref, parts);
  const source = rangeSource(store, { key, size: bytes.length, etag: (await store.head(key))?.etag ?? '' });
  const { signal } = new AbortController();
  expect((await buffer(await source.read(0, bytes.length - 1, signal))).equals(bytes)).toBe(true);
  expect(
    (await buffer(await source.read(10 * PART - 1, 10 * PART, signal))).equals(
      bytes.subarray(10 * PART - 1, 10 * PART + 1),
    ),
  ).toBe(true);
  expect(source.bytesRead()).toBe(bytes.length + 2);
  await store.write(key, 'other', { contentType: 'video/mp4' });
  await expect(source.read(0, 1, signal)).rejects.toMatchObject({ code: 'object_changed' });
});

it('copies no mixture of a source that changes or goes meanwhile', async () => {
  const key = `attempts/${randomUUID()}`;
  const meta = { contentType: 'video/mp4' };
  for (const [code, meddle] of [
    ['object_changed', () => store.write(key, 'changed', meta)],
    ['object_gone', () => store.remove(key)],
  ] as const) {
    await store.write(key, 'seen', meta);
    const client = createS3Client({ ...emulator(), forcePathStyle: true });
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'UploadPartCopyCommand') await meddle();
        return next(args);
      },
      { step: 'initialize' },
    );
    const copying = s3UploadStore(client, fresh.bucket).copy(key, `${key}/to`, meta, { absent: true });
    await expect(copying).rejects.toMatchObject({ code });
    expect(await store.head(`${key}/to`)).toBeUndefined();
    expect(await fresh.unfinished()).not.toContain(`${key}/to`);
    client.destroy();
  }
});

it('says so when the bucket itself is missing', async () => {
  const nowhere = s3UploadStore(fresh.client, 'no-such-bucket-anywhere');
  await expect(nowhere.read('a', { start: 0, end: 0 })).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await expect(nowhere.removeAll('a/')).rejects.toMatchObject({ name: 'NoSuchBucket' });
});
