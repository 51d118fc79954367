import { randomUUID } from 'node:crypto';
import { ObjectConflict } from '../../core/errors.ts';
import type { MultipartRef, UploadStore } from '../../core/ports/object-store.ts';
import { md5, type Objects, objectStoreOver, put, sameEtag } from './object-store.ts';

/** S3 takes no smaller part, but for the last. */
const MIN_PART = 5 * 1024 * 1024;

export interface MemoryUploadStore extends UploadStore {
  /** What S3 does with a PUT to a URL it signed: the sender's side of a presigned upload. */
  receive(url: string, headers: Record<string, string>, body: Uint8Array): Promise<Received>;
  /** Keys of all objects. */
  keys(): string[];
  /** Keys of multipart uploads that were neither completed nor aborted. */
  unfinished(): string[];
}

/** S3's answer: 200 with the etag; 403 for what was not signed; 404 without the upload; 412 when there is an object. */
export type Received = { status: 200; etag: string } | { status: 403 | 404 | 412 };

interface Multipart {
  key: string;
  contentType: string;
  parts: Map<number, Buffer>;
}

interface Signed {
  key: string;
  size: number;
  expiresAt: Date;
  put?: { contentType: string };
  part?: { uploadId: string; number: number };
}

/** A bucket in memory, with signed URLs that {@link MemoryUploadStore.receive} takes and nobody else. */
export function memoryUploadStore(options: { now?: () => Date; minPart?: number } = {}): MemoryUploadStore {
  const { now = () => new Date(), minPart = MIN_PART } = options;
  const objects: Objects = new Map();
  const uploads = new Map<string, Multipart>();
  const signed = new Map<string, Signed>();

  const open = ({ key, uploadId }: MultipartRef): Multipart => {
    const upload = uploads.get(uploadId);
    if (upload?.key !== key) throw new ObjectConflict('upload_gone', 'The upload was completed or aborted.');
    return upload;
  };
  const sign = (what: Signed): string => {
    const signature = randomUUID();
    signed.set(signature, what);
    return `memory://bucket/${what.key}?signature=${signature}`;
  };

  return {
    ...objectStoreOver(objects),

    async presignPut(key, { size, contentType, expiresAt }) {
      const url = sign({ key, size, expiresAt, put: { contentType } });
      return { url, headers: { 'content-type': contentType, 'if-none-match': '*' } };
    },

    async createMultipart(key, contentType) {
      const uploadId = randomUUID();
      uploads.set(uploadId, { key, contentType, parts: new Map() });
      return uploadId;
    },

    async presignPart({ key, uploadId }, { number, size, expiresAt }) {
      return sign({ key, size, expiresAt, part: { uploadId, number } });
    },

    async listParts(ref) {
      return [...open(ref).parts]
        .map(([part_number, body]) => ({ part_number, size: body.length, etag: `"${md5(body)}"` }))
        .sort((a, b) => a.part_number - b.part_number);
    },

    async completeMultipart(ref, parts) {
      const upload = open(ref);
      if (objects.has(ref.key)) {
        uploads.delete(ref.uploadId);
        return;
      }
      const bodies = parts.map(({ part_number, etag }, index) => {
        const body = upload.parts.get(part_number);
        const isInOrder = index === 0 || part_number > (parts[index - 1]?.part_number ?? 0);
        const isLarge = index === parts.length - 1 || (body?.length ?? 0) >= minPart;
        if (!body || !sameEtag(etag, md5(body)) || !isInOrder || !isLarge) throw invalidParts();
        return body;
      });
      if (bodies.length === 0) throw invalidParts();
      uploads.delete(ref.uploadId);
      const etag = `"${md5(Buffer.concat(bodies.map((body) => Buffer.from(md5(body), 'hex'))))}-${bodies.length}"`;
      put(objects, ref.key, Buffer.concat(bodies), { contentType: upload.contentType }, undefined, etag);
    },

    async openUploads() {
      return [...uploads].map(([uploadId, { key }]) => ({ key, uploadId }));
    },

    async abortMultipart({ key, uploadId }) {
      if (uploads.get(uploadId)?.key === key) uploads.delete(uploadId);
    },

    async receive(url, headers, body) {
      const { pathname, searchParams } = new URL(url);
      const what = signed.get(searchParams.get('signature') ?? '');
      const isAsSigned =
        what !== undefined &&
        pathname === `/${what.key}` &&
        what.expiresAt > now() &&
        body.length === what.size &&
        (!what.put || (headers['content-type'] === what.put.contentType && headers['if-none-match'] === '*'));
      if (!isAsSigned) return { status: 403 };
      if (what.part) {
        const upload = uploads.get(what.part.uploadId);
        if (upload?.key !== what.key) return { status: 404 };
        upload.parts.set(what.part.number, Buffer.from(body));
        return { status: 200, etag: `"${md5(body)}"` };
      }
      if (objects.has(what.key)) return { status: 412 };
      const meta = { contentType: what.put?.contentType ?? 'application/octet-stream' };
      return { status: 200, etag: put(objects, what.key, Buffer.from(body), meta).etag };
    },

    keys: () => [...objects.keys()],
    unfinished: () => [...uploads.values()].map(({ key }) => key),
  };
}

function invalidParts(): ObjectConflict {
  return new ObjectConflict('invalid_parts', 'A part is missing, too small, out of order, or has another etag.');
}
