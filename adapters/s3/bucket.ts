import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ObjectConflict } from '../../core/errors.ts';
import type { WriteCondition } from '../../core/ports/object-store.ts';

/** Where the calls of this folder go. */
export interface Bucket {
  client: S3Client;
  bucket: string;
}

/** S3's name for what went wrong, its HTTP status, and how often the SDK tried; undefined for errors not from S3. */
export function refusalOf(error: unknown): { code: string; status: number; attempts: number } | undefined {
  if (!(error instanceof S3ServiceException)) return undefined;
  const { httpStatusCode = 0, attempts = 1 } = error.$metadata;
  return { code: error.name, status: httpStatusCode, attempts };
}

/** Whether there is no such object. A missing bucket is a fault of ours, not an answer. */
export function isMissing(error: unknown): boolean {
  const refusal = refusalOf(error);
  return refusal?.status === 404 && refusal.code !== 'NoSuchBucket';
}

/**
 * Whether a conditional write was refused for its condition: 412; 409 when somebody else was writing at the same moment;
 * 404 when the object that should have been there is not.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function isConditionFailed(error: unknown, condition: WriteCondition | undefined): boolean {
  if (!condition) return false;
  const refusal = refusalOf(error);
  if (refusal?.status === 412 || refusal?.code === 'ConditionalRequestConflict') return true;
  return 'etag' in condition && refusal?.code === 'NoSuchKey';
}

export function conditionFailed(key: string, cause: unknown): ObjectConflict {
  return new ObjectConflict('precondition_failed', `The object ${key} is not what the writer saw.`, { cause });
}

/** A condition as the SDK's parameters. */
export function conditionParams(condition: WriteCondition | undefined): { IfMatch?: string; IfNoneMatch?: string } {
  if (!condition) return {};
  return 'absent' in condition ? { IfNoneMatch: '*' } : { IfMatch: quoted(condition.etag) };
}

/** An etag as HTTP wants it. S3's events leave the quotes out. */
export function quoted(etag: string): string {
  return `"${etag.replaceAll('"', '')}"`;
}

interface Checksums {
  ChecksumType?: string | undefined;
  ChecksumCRC64NVME?: string | undefined;
  ChecksumCRC32?: string | undefined;
}

/** The checksum of the whole object, with its algorithm; null where S3 has none, or only one of the parts' checksums. */
export function checksumOf({ ChecksumType, ChecksumCRC64NVME, ChecksumCRC32 }: Checksums): string | null {
  if (ChecksumType === 'COMPOSITE') return null;
  if (ChecksumCRC64NVME) return `CRC64NVME:${ChecksumCRC64NVME}`;
  return ChecksumCRC32 ? `CRC32:${ChecksumCRC32}` : null;
}
