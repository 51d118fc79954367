import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandOutput,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { ObjectConflict, TransientError } from '../../core/errors.ts';
import type { ObjectInfo, ObjectMeta, ObjectStore, WriteCondition } from '../../core/ports/object-store.ts';
import {
  checksumOf,
  conditionFailed,
  conditionParams,
  isConditionFailed,
  isMissing,
  quoted,
  refusalOf,
} from './bucket.ts';
import { headObject } from './head-object.ts';
import { MIN_PART, metaParams, type Part, writeInParts } from './in-parts.ts';
import { abortMultipart, openUploads } from './multipart.ts';
import { readRange } from './read-range.ts';

export interface PartSizes {
  /** Of files we send: above one part, several go at once. Four of them are in memory then. */
  write?: number;
  /** Of copies inside S3, which cost no memory: the more parts at once, the sooner it is done. */
  copy?: number;
}

/**
 * One bucket in S3. What it writes carries a CRC32 that S3 checks on arrival: it is the one that Node computes natively.
 *
 * @param parts - sizes in bytes, 5 MiB at least
 */
export function s3ObjectStore(client: S3Client, bucket: string, parts: PartSizes = {}): ObjectStore {
  const { write: writePart = 8 * 1024 * 1024, copy: copyPart = 128 * 1024 * 1024 } = parts;
  if (Math.min(writePart, copyPart) < MIN_PART) throw new RangeError(`S3 takes no part under ${MIN_PART} bytes.`);
  const at = { client, bucket };
  return {
    bucket,
    head: (key) => headObject(at, key),
    read: (key, range, signal) => readRange(at, key, range, signal),
    write: (key, body, meta, condition) => put(key, Buffer.from(body), meta, { condition }),
    writeFile,
    copy,
    copyFrom,
    remove,
    removeAll,
    openUploads: () => openUploads(at),
    abortMultipart: (upload) => abortMultipart(at, upload),
  };

  async function put(
    key: string,
    Body: Buffer,
    meta: ObjectMeta,
    { condition, signal }: { condition?: WriteCondition | undefined; signal?: AbortSignal | undefined },
  ): Promise<ObjectInfo> {
    const checksum = crc32Of(Body);
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body,
      ChecksumCRC32: checksum,
      ...metaParams(meta),
      ...conditionParams(condition),
    });
    let answer: PutObjectCommandOutput;
    try {
      answer = await client.send(command, signal && { abortSignal: signal });
    } catch (error) {
      if (!isConditionFailed(error, condition)) throw error;
      // The first answer may have been lost on the way: then what is there is ours.
      const present = (refusalOf(error)?.attempts ?? 1) > 1 ? await headObject(at, key) : undefined;
      if (present?.etag === `"${createHash('md5').update(Body).digest('hex')}"`) return present;
      throw conditionFailed(key, error);
    }
    if (!answer.ETag) throw new TransientError('write_failed', `S3 named no etag for ${key}.`);
    return {
      key,
      size: Body.length,
      etag: quoted(answer.ETag),
      content_type: meta.contentType,
      checksum: checksumOf({ ChecksumCRC32: checksum }),
    };
  }

  async function writeFile(key: string, path: string, meta: ObjectMeta, signal?: AbortSignal): Promise<ObjectInfo> {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size <= writePart) return await put(key, await bytesOf(file, 0, size), meta, { signal });
      const what = { key, size, partSize: writePart, meta, signal, checksum: 'CRC32' as const };
      return await writeInParts(at, what, (part) => sendPart(key, file, part));
    } finally {
      await file.close();
    }
  }

  async function sendPart(key: string, file: FileHandle, part: Part): Promise<string> {
    const command = new UploadPartCommand({
      Bucket: bucket,
      Key: key,
      UploadId: part.uploadId,
      PartNumber: part.number,
      Body: await bytesOf(file, part.start, part.end - part.start + 1),
      ChecksumAlgorithm: 'CRC32',
    });
    const { ETag } = await client.send(command, { abortSignal: part.signal });
    return named(key, ETag);
  }

  async function copy(from: string, to: string, meta: ObjectMeta, condition: WriteCondition): Promise<ObjectInfo> {
    const source = await headObject(at, from);
    if (!source) throw gone(from);
    return copyFrom({ ...source, bucket }, to, meta, condition);
  }

  /**
   * By parts whatever the size: joining parts is the conditional write that every S3 knows, while a condition on
   * CopyObject is young, and ignored where it is not known.
   */
  async function copyFrom(
    from: { bucket: string } & Pick<ObjectInfo, 'key' | 'size' | 'etag'>,
    to: string,
    meta: ObjectMeta,
    condition: WriteCondition,
    signal?: AbortSignal,
  ): Promise<ObjectInfo> {
    const { key, size, etag } = from;
    // An empty object has no range to copy.
    if (size === 0) return put(to, Buffer.alloc(0), meta, { condition, signal });
    return writeInParts(at, { key: to, size, partSize: copyPart, meta, condition, signal }, async (part) => {
      const command = new UploadPartCopyCommand({
        Bucket: bucket,
        Key: to,
        UploadId: part.uploadId,
        PartNumber: part.number,
        CopySource: `${from.bucket}/${key.split('/').map(encodeURIComponent).join('/')}`,
        CopySourceIfMatch: quoted(etag),
        // S3 takes a range of large objects only.
        ...(size > copyPart && { CopySourceRange: `bytes=${part.start}-${part.end}` }),
      });
      try {
        const { CopyPartResult } = await client.send(command, { abortSignal: part.signal });
        return named(to, CopyPartResult?.ETag);
      } catch (error) {
        if (refusalOf(error)?.status === 412) {
          throw new ObjectConflict('object_changed', `The object ${key} is another than it was.`, { cause: error });
        }
        throw isMissing(error) ? gone(key, error) : error;
      }
    });
  }

  async function remove(key: string): Promise<void> {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  async function removeAll(prefix: string): Promise<void> {
    if (!prefix) throw new RangeError('removeAll needs a prefix: without one it would empty the bucket.');
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }));
      const Objects = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
      if (Objects.length > 0) await removeEach(Objects);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
  }

  async function removeEach(Objects: { Key: string }[]): Promise<void> {
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (!first) return;
    const detail = `S3 kept ${Errors.length} of ${Objects.length} objects, the first for ${first.Code}.`;
    throw new TransientError('remove_failed', detail);
  }
}

function gone(key: string, cause?: unknown): ObjectConflict {
  return new ObjectConflict('object_gone', `There is no object ${key}.`, { cause });
}

function named(key: string, etag: string | undefined): string {
  if (!etag) throw new TransientError('write_failed', `S3 named no etag for a part of ${key}.`);
  return etag;
}

/** As S3 writes it. */
function crc32Of(bytes: Buffer): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64');
}

/** @throws TransientError `write_failed` when the file is shorter than it was */
async function bytesOf(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, start + filled);
    if (bytesRead === 0) throw new TransientError('write_failed', 'The file shrank while it was sent.');
    filled += bytesRead;
  }
  return buffer;
}
