import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandOutput,
  CreateMultipartUploadCommand,
} from '@aws-sdk/client-s3';
import { TransientError } from '../../core/errors.ts';
import type { ObjectInfo, ObjectMeta, WriteCondition } from '../../core/ports/object-store.ts';
import {
  type Bucket,
  checksumOf,
  conditionFailed,
  conditionParams,
  isConditionFailed,
  quoted,
  refusalOf,
} from './bucket.ts';
import { headObject } from './head-object.ts';

/** S3 takes no smaller part (but for the last), and no more parts. */
export const MIN_PART = 5 * 1024 * 1024;
export const MAX_PARTS = 10_000;
const AT_ONCE = 4;

export interface InParts {
  key: string;
  size: number;
  partSize: number;
  meta: ObjectMeta;
  condition?: WriteCondition | undefined;
  /** Also kept by S3 for the whole object; without one S3 chooses (CRC64NVME). */
  checksum?: 'CRC32';
  signal?: AbortSignal | undefined;
}

export interface Part {
  uploadId: string;
  number: number;
  /** Both inclusive. */
  start: number;
  end: number;
  signal: AbortSignal;
}

/**
 * Writes an object part by part, several at once, and makes it appear whole or not at all. Whatever fails, no part is
 * left behind.
 *
 * @param send - sends one part and answers with its etag
 * @throws ObjectConflict `precondition_failed` when the condition does not hold at the end
 */
export async function writeInParts(
  at: Bucket,
  what: InParts,
  send: (part: Part) => Promise<string>,
): Promise<ObjectInfo> {
  const { key, size, signal } = what;
  const partSize = Math.max(what.partSize, Math.ceil(size / MAX_PARTS));
  const count = Math.max(1, Math.ceil(size / partSize));
  const target = { Bucket: at.bucket, Key: key };
  signal?.throwIfAborted();
  // Without the signal: an upload that was begun must be known by name, or nobody could abort it.
  const { UploadId: uploadId } = await at.client.send(
    new CreateMultipartUploadCommand({
      ...target,
      ...metaParams(what.meta),
      ...(what.checksum && { ChecksumAlgorithm: what.checksum, ChecksumType: 'FULL_OBJECT' }),
    }),
  );
  if (!uploadId) throw new TransientError('write_failed', `S3 began no upload for ${key}.`);
  try {
    const etags = await inParallel(count, signal, (index, signal) => {
      const start = index * partSize;
      return send({ uploadId, number: index + 1, start, end: Math.min(start + partSize, size) - 1, signal });
    });
    return await complete(at, uploadId, what, etags);
  } catch (error) {
    // If this fails too, the bucket's lifecycle rule reclaims the parts; the first failure is the one to tell.
    await at.client.send(new AbortMultipartUploadCommand({ ...target, UploadId: uploadId })).catch(() => {});
    throw error;
  }
}

async function complete(at: Bucket, uploadId: string, what: InParts, etags: string[]): Promise<ObjectInfo> {
  const { key, size, condition } = what;
  const command = new CompleteMultipartUploadCommand({
    Bucket: at.bucket,
    Key: key,
    UploadId: uploadId,
    MpuObjectSize: size,
    MultipartUpload: { Parts: etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 })) },
    ...conditionParams(condition),
  });
  let answer: CompleteMultipartUploadCommandOutput;
  try {
    answer = await at.client.send(command);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal && refusal.attempts > 1) {
      // The first answer may have been lost on the way: then what is there is ours.
      const present = await headObject(at, key);
      if (present?.etag === etagOfParts(etags)) return present;
    }
    throw isConditionFailed(error, condition) ? conditionFailed(key, error) : error;
  }
  if (!answer.ETag) throw new TransientError('write_failed', `S3 named no etag for ${key}.`);
  return { key, size, etag: quoted(answer.ETag), content_type: what.meta.contentType, checksum: checksumOf(answer) };
}

/** Runs the task for each index, a few at once; after a failure begins no more, ends those that run, and throws it. */
async function inParallel<T>(
  count: number,
  signal: AbortSignal | undefined,
  task: (index: number, signal: AbortSignal) => Promise<T>,
): Promise<T[]> {
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const results: T[] = new Array(count);
  let begun = 0;
  const lane = async () => {
    while (begun < count) {
      stop.throwIfAborted();
      const index = begun++;
      results[index] = await task(index, stop);
    }
  };
  const lanes = Array.from({ length: Math.min(AT_ONCE, count) }, () =>
    lane().catch((error) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(lanes);
  stop.throwIfAborted();
  return results;
}

/**
 * The etag S3 gives to an object of these parts, where it does not encrypt with KMS.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
function etagOfParts(etags: string[]): string {
  const digests = etags.map((etag) => Buffer.from(etag.replaceAll('"', ''), 'hex'));
  return `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${etags.length}"`;
}

export function metaParams({ contentType, cacheControl }: ObjectMeta): { ContentType: string; CacheControl?: string } {
  return { ContentType: contentType, ...(cacheControl !== undefined && { CacheControl: cacheControl }) };
}
