import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { addAbortSignal, Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { ObjectConflict } from '../../core/errors.ts';
import type { ObjectInfo, ObjectMeta, ObjectStore, WriteCondition } from '../../core/ports/object-store.ts';

/** Objects as they lie in memory, shared by the twins of both ports. */
export type Objects = Map<string, StoredObject>;
export interface StoredObject {
  body: Buffer;
  meta: ObjectMeta;
  info: ObjectInfo;
}

/** The buckets in memory that somebody still holds, by name. */
const buckets = new Map<string, WeakRef<Objects>>();

export function objectStoreOver(objects: Objects): ObjectStore {
  const bucket = `memory-${randomUUID()}`;
  buckets.set(bucket, new WeakRef(objects));
  return {
    bucket,

    async head(key) {
      const object = objects.get(key);
      return object && { ...object.info };
    },

    async read(key, { start, end, etag }, signal) {
      signal?.throwIfAborted();
      const object = objects.get(key);
      if (!object) throw new ObjectConflict('object_gone', `There is no object ${key}.`);
      if (etag !== undefined && !sameEtag(etag, object.info.etag)) {
        throw new ObjectConflict('object_changed', `The object ${key} is another than it was.`);
      }
      if (start < 0 || start > end || start >= object.body.length) {
        throw new ObjectConflict('invalid_range', `The object ${key} has no bytes ${start} to ${end}.`);
      }
      const stream = Readable.from(piecesOf(object.body.subarray(start, end + 1)), { objectMode: false });
      return signal ? addAbortSignal(signal, stream) : stream;
    },

    async write(key, body, meta, condition) {
      return put(objects, key, Buffer.from(body), meta, condition);
    },

    async writeFile(key, path, meta, signal) {
      return put(objects, key, await readFile(path, signal && { signal }), meta);
    },

    async copy(from, to, meta, condition) {
      const source = objects.get(from);
      if (!source) throw new ObjectConflict('object_gone', `There is no object ${from}.`);
      return put(objects, to, source.body, meta, condition);
    },

    async copyFrom(from, to, meta, condition, signal) {
      signal?.throwIfAborted();
      const source = buckets.get(from.bucket)?.deref()?.get(from.key);
      if (!source) throw new ObjectConflict('object_gone', `There is no object ${from.key}.`);
      if (!sameEtag(from.etag, source.info.etag)) {
        throw new ObjectConflict('object_changed', `The object ${from.key} is another than it was.`);
      }
      return put(objects, to, source.body, meta, condition);
    },

    async remove(key) {
      objects.delete(key);
    },

    async removeAll(prefix) {
      if (!prefix) throw new RangeError('removeAll needs a prefix: without one it would empty the bucket.');
      for (const key of objects.keys()) if (key.startsWith(prefix)) objects.delete(key);
    },

    // Nothing is written in parts here.
    openUploads: async () => [],
    abortMultipart: async () => {},
  };
}

/** Writes an object if the condition holds; `etag` where it is not the one of a whole body. */
export function put(
  objects: Objects,
  key: string,
  body: Buffer,
  meta: ObjectMeta,
  condition?: WriteCondition,
  etag = `"${md5(body)}"`,
): ObjectInfo {
  const present = objects.get(key)?.info.etag;
  const holds =
    condition === undefined ||
    ('absent' in condition ? present === undefined : present !== undefined && sameEtag(condition.etag, present));
  if (!holds) throw new ObjectConflict('precondition_failed', `The object ${key} is not what the writer saw.`);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  const info = {
    key,
    size: body.length,
    etag,
    content_type: meta.contentType,
    checksum: `CRC32:${checksum.toString('base64')}`,
  };
  objects.set(key, { body, meta, info });
  return { ...info };
}

export const md5 = (body: Uint8Array): string => createHash('md5').update(body).digest('hex');
export const sameEtag = (a: string, b: string): boolean => a.replaceAll('"', '') === b.replaceAll('"', '');

/** As a network would bring them, so that readers meet more than one chunk. */
function* piecesOf(bytes: Buffer): Generator<Buffer> {
  const PIECE = 64 * 1024;
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}
