import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  paginateListParts,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ObjectConflict, TransientError } from '../../core/errors.ts';
import type { MultipartRef, UploadStore } from '../../core/ports/object-store.ts';
import { quoted, refusalOf } from './bucket.ts';
import { isGone } from './multipart.ts';
import { type PartSizes, s3ObjectStore } from './object-store.ts';

/** SigV4 allows no longer life. */
const MAX_LIFE_SECONDS = 7 * 24 * 60 * 60;
/** How often joining is tried while somebody else writes the same key. */
const MAX_JOINS = 5;
const JOIN_PAUSE_MS = 200;

const INVALID_PARTS = new Set(['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall']);

/** A bucket in S3 that people upload to. */
export function s3UploadStore(client: S3Client, bucket: string, parts: PartSizes = {}): UploadStore {
  const store = s3ObjectStore(client, bucket, parts);
  const target = ({ key, uploadId }: MultipartRef) => ({ Bucket: bucket, Key: key, UploadId: uploadId });
  return { ...store, presignPut, createMultipart, presignPart, listParts, completeMultipart };

  async function presignPut(key: string, put: { size: number; contentType: string; expiresAt: Date }) {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      ContentLength: put.size,
      ContentType: put.contentType,
      IfNoneMatch: '*',
    });
    // The SDK leaves the type unsigned unless it is named.
    const signableHeaders = new Set(['content-type']);
    const url = await getSignedUrl(client, command, { expiresIn: secondsUntil(put.expiresAt), signableHeaders });
    return { url, headers: { 'content-type': put.contentType, 'if-none-match': '*' } };
  }

  async function presignPart(ref: MultipartRef, part: { number: number; size: number; expiresAt: Date }) {
    const command = new UploadPartCommand({ ...target(ref), PartNumber: part.number, ContentLength: part.size });
    return getSignedUrl(client, command, { expiresIn: secondsUntil(part.expiresAt) });
  }

  async function createMultipart(key: string, contentType: string): Promise<string> {
    const command = new CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ContentType: contentType });
    const { UploadId } = await client.send(command);
    if (!UploadId) throw new TransientError('write_failed', `S3 began no upload for ${key}.`);
    return UploadId;
  }

  async function listParts(ref: MultipartRef) {
    const found = [];
    try {
      for await (const { Parts = [] } of paginateListParts({ client }, target(ref))) {
        for (const { PartNumber = 0, Size = 0, ETag = '' } of Parts) {
          found.push({ part_number: PartNumber, size: Size, etag: quoted(ETag) });
        }
      }
    } catch (error) {
      throw isGone(error) ? uploadGone(error) : error;
    }
    return found.sort((a, b) => a.part_number - b.part_number);
  }

  async function completeMultipart(ref: MultipartRef, parts: { part_number: number; etag: string }[]): Promise<void> {
    const Parts = parts.map(({ part_number, etag }) => ({ PartNumber: part_number, ETag: quoted(etag) }));
    if (Parts.length === 0) throw invalidParts();
    const command = { ...target(ref), MultipartUpload: { Parts }, IfNoneMatch: '*' };
    for (let joins = 1; ; joins++) {
      try {
        await client.send(new CompleteMultipartUploadCommand(command));
        return;
      } catch (error) {
        const refusal = refusalOf(error);
        if (isGone(error)) throw uploadGone(error);
        if (INVALID_PARTS.has(refusal?.code ?? '')) throw invalidParts(error);
        // There is an object already, so these parts will never be used.
        if (refusal?.status === 412) return store.abortMultipart(ref);
        if (refusal?.code !== 'ConditionalRequestConflict') throw error;
        if (joins === MAX_JOINS) {
          throw new TransientError('contended', 'Somebody else is writing this object. Try again.', { cause: error });
        }
        await sleep(JOIN_PAUSE_MS * joins * (0.5 + Math.random()));
      }
    }
  }
}

function secondsUntil(time: Date): number {
  const seconds = Math.floor((time.getTime() - Date.now()) / 1000);
  return Math.min(MAX_LIFE_SECONDS, Math.max(1, seconds));
}

function uploadGone(cause: unknown): ObjectConflict {
  return new ObjectConflict('upload_gone', 'The upload was completed or aborted, or never was.', { cause });
}

function invalidParts(cause?: unknown): ObjectConflict {
  return new ObjectConflict('invalid_parts', 'A part is missing, too small, out of order, or has another etag.', {
    cause,
  });
}
