import { randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MultipartRef, UploadStore } from '../../core/ports/object-store.ts';

const PART = 5 * 1024 * 1024;
const TYPE = 'video/mp4';

export interface UploadStoreRig {
  store: UploadStore;
  /** The sender's side: PUTs a body to a signed URL. */
  send(url: string, headers: Record<string, string>, body: Uint8Array): Promise<{ status: number; etag?: string }>;
}

/** What every upload store must do. The bucket may be shared with others: each test has keys of its own. */
export function uploadStoreConformance(open: () => UploadStoreRig): void {
  let store: UploadStore;
  let send: UploadStoreRig['send'];
  let key: string;
  beforeEach(() => {
    ({ store, send } = open());
    key = `uploads/${randomUUID()}`;
  });

  const soon = () => new Date(Date.now() + 60_000);
  const presign = (size: number, expiresAt = soon()) => store.presignPut(key, { size, contentType: TYPE, expiresAt });
  const gone = expect.objectContaining({ code: 'upload_gone', name: 'ObjectConflict' });
  const invalid = expect.objectContaining({ code: 'invalid_parts', name: 'ObjectConflict' });

  describe('a signed PUT', () => {
    const body = Buffer.from('a video, so to speak');

    it('takes what was signed', async () => {
      const { url, headers } = await presign(body.length);
      const { status, etag } = await send(url, headers, body);
      expect(status).toBe(200);
      expect(await store.head(key)).toMatchObject({ key, size: body.length, etag, content_type: TYPE });
    });

    it('cannot overwrite: not twice, and not what came another way', async () => {
      const { url, headers } = await presign(body.length);
      await send(url, headers, body);
      const second = await send(url, headers, Buffer.from('a video, so to SPEAK'));
      expect(second.status).toBe(412);
      expect(await buffer(await store.read(key, { start: 0, end: 99 }))).toEqual(body);
    });

    it.each([
      ['a longer body', { body: Buffer.concat([body, body]) }],
      ['a shorter body', { body: body.subarray(1) }],
      ['another type', { headers: { 'content-type': 'text/html' } }],
      ['no condition', { headers: { 'if-none-match': undefined } }],
      ['another condition', { headers: { 'if-none-match': '"x"' } }],
      ['another key', { url: (url: string) => url.replace('/uploads/', '/uploads/x') }],
      ['another signature', { url: (url: string) => url.replace(/(ignature=)./, (_, name) => `${name}!`) }],
      ['no signature', { url: (url: string) => url.split('?')[0] ?? '' }],
    ] satisfies [string, Tampering][])('refuses %s', async (_, tampering: Tampering) => {
      const signed = await presign(body.length);
      const headers = Object.entries({ ...signed.headers, ...tampering.headers }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      );
      const url = tampering.url?.(signed.url) ?? signed.url;
      const { status } = await send(url, Object.fromEntries(headers), tampering.body ?? body);
      expect(status).toBe(403);
      expect(await store.head(key)).toBeUndefined();
    });

    it('is refused when its time is up', async () => {
      const { url, headers } = await presign(body.length, new Date(Date.now() + 1000));
      await new Promise((resolve) => setTimeout(resolve, 2100));
      expect((await send(url, headers, body)).status).toBe(403);
      expect(await store.head(key)).toBeUndefined();
    });
  });

  describe('a multipart upload', () => {
    const bytes = randomBytes(2 * PART + 1000);
    const part = (number: number) => bytes.subarray((number - 1) * PART, number * PART);

    async function begin(): Promise<MultipartRef> {
      return { key, uploadId: await store.createMultipart(key, TYPE) };
    }
    async function sendPart(ref: MultipartRef, number: number, body: Uint8Array = part(number)) {
      const url = await store.presignPart(ref, { number, size: body.length, expiresAt: soon() });
      const { status, etag = '' } = await send(url, {}, body);
      expect(status).toBe(200);
      return { part_number: number, etag };
    }

    it('is joined from its parts, in whatever order they came', async () => {
      const ref = await begin();
      const [third, first, second] = [await sendPart(ref, 3), await sendPart(ref, 1), await sendPart(ref, 2)];
      await store.completeMultipart(ref, [first, second, third]);
      expect(await store.head(key)).toMatchObject({ size: bytes.length, content_type: TYPE });
      expect((await buffer(await store.read(key, { start: 0, end: bytes.length - 1 }))).equals(bytes)).toBe(true);
    });

    it('goes on after an interruption with what is there', async () => {
      const ref = await begin();
      expect(await store.listParts(ref)).toEqual([]);
      await sendPart(ref, 3);
      await sendPart(ref, 1);
      const there = await store.listParts(ref);
      expect(there).toMatchObject([
        { part_number: 1, size: PART },
        { part_number: 3, size: 1000 },
      ]);
      const second = await sendPart(ref, 2);
      const all = [...there, second].sort((a, b) => a.part_number - b.part_number);
      await store.completeMultipart(ref, all);
      expect((await buffer(await store.read(key, { start: 0, end: bytes.length - 1 }))).equals(bytes)).toBe(true);
    });

    it('takes a part again, and etags without quotes', async () => {
      const ref = await begin();
      await sendPart(ref, 1, Buffer.from('wrong'));
      const { etag } = await sendPart(ref, 1, Buffer.from('right'));
      expect(await store.listParts(ref)).toEqual([{ part_number: 1, size: 5, etag }]);
      await store.completeMultipart(ref, [{ part_number: 1, etag: etag.replaceAll('"', '') }]);
      expect(await buffer(await store.read(key, { start: 0, end: 9 }))).toEqual(Buffer.from('right'));
    });

    it('refuses parts that are missing, other than they were, or none at all, and can still be completed', async () => {
      const ref = await begin();
      const only = await sendPart(ref, 1);
      const complete = (parts: { part_number: number; etag: string }[]) => store.completeMultipart(ref, parts);
      await expect(complete([only, { part_number: 2, etag: only.etag }])).rejects.toThrow(invalid);
      await expect(complete([{ ...only, etag: '"00000000000000000000000000000000"' }])).rejects.toThrow(invalid);
      await expect(complete([])).rejects.toThrow(invalid);
      expect(await store.head(key)).toBeUndefined();
      await complete([only]);
      expect(await store.head(key)).toMatchObject({ size: PART });
    });

    it('takes no part of another length, number or upload than was signed', async () => {
      const ref = await begin();
      const other = { key: `${key}x`, uploadId: await store.createMultipart(`${key}x`, TYPE) };
      const url = await store.presignPart(ref, { number: 1, size: 5, expiresAt: soon() });
      expect((await send(url, {}, Buffer.from('longer'))).status).toBe(403);
      if (url.includes('partNumber=1')) {
        expect((await send(url.replace('partNumber=1', 'partNumber=2'), {}, Buffer.from('right'))).status).toBe(403);
        const elsewhere = url.replaceAll(ref.uploadId, other.uploadId);
        expect((await send(elsewhere, {}, Buffer.from('right'))).status).toBe(403);
      }
      expect((await send(url.replace(key, other.key), {}, Buffer.from('right'))).status).toBe(403);
      expect([await store.listParts(ref), await store.listParts(other)]).toEqual([[], []]);
      await store.abortMultipart(other);
    });

    it('does not replace an object that is there, and gives its parts up', async () => {
      const ref = await begin();
      const only = await sendPart(ref, 1);
      const first = await store.write(key, 'first', { contentType: TYPE });
      await store.completeMultipart(ref, [only]);
      expect(await store.head(key)).toEqual(first);
      await expect(store.listParts(ref)).rejects.toThrow(gone);
    });

    it('is gone once completed; completing it again changes nothing', async () => {
      const ref = await begin();
      const only = await sendPart(ref, 1);
      await store.completeMultipart(ref, [only]);
      const joined = await store.head(key);
      // S3 may answer a repeat as it did the first time.
      await store.completeMultipart(ref, [only]).catch((error) => expect(error).toEqual(gone));
      expect(await store.head(key)).toEqual(joined);
      await expect(store.listParts(ref)).rejects.toThrow(gone);
      await store.abortMultipart(ref);
      expect(await store.head(key)).toEqual(joined);
    });

    it('is completed once by two who try at once', async () => {
      const ref = await begin();
      const only = await sendPart(ref, 1);
      const tries = await Promise.allSettled([1, 2].map(() => store.completeMultipart(ref, [only])));
      expect(tries.some(({ status }) => status === 'fulfilled')).toBe(true);
      for (const { status, ...rest } of tries) if (status === 'rejected') expect(rest).toEqual({ reason: gone });
      expect(await store.head(key)).toMatchObject({ size: PART });
    });

    it('is gone once aborted, which may happen twice', async () => {
      const ref = await begin();
      const only = await sendPart(ref, 1);
      await store.abortMultipart(ref);
      await store.abortMultipart(ref);
      await expect(store.listParts(ref)).rejects.toThrow(gone);
      await expect(store.completeMultipart(ref, [only])).rejects.toThrow(gone);
      const url = await store.presignPart(ref, { number: 2, size: 5, expiresAt: soon() });
      expect((await send(url, {}, Buffer.from('right'))).status).toBe(404);
      expect(await store.head(key)).toBeUndefined();
    });

    it('never was: it is gone too', async () => {
      const ref = { key, uploadId: 'never-was' };
      await expect(store.listParts(ref)).rejects.toThrow(gone);
      await expect(store.completeMultipart(ref, [{ part_number: 1, etag: '"x"' }])).rejects.toThrow(gone);
      await store.abortMultipart(ref);
    });

    it('is listed while it is open', async () => {
      const ref = await begin();
      expect(await store.openUploads()).toContainEqual(ref);
      await store.abortMultipart(ref);
      expect(await store.openUploads()).not.toContainEqual(ref);
    });

    it('belongs to its key', async () => {
      const ref = await begin();
      await expect(store.listParts({ ...ref, key: `${key}x` })).rejects.toThrow(gone);
      await store.abortMultipart({ ...ref, key: `${key}x` });
      expect(await store.listParts(ref)).toEqual([]);
    });
  });
}

interface Tampering {
  url?: (url: string) => string;
  headers?: Record<string, string | undefined>;
  body?: Uint8Array;
}
