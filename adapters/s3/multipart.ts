import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
} from '@aws-sdk/client-s3';
import type { MultipartRef } from '../../core/ports/object-store.ts';
import { type Bucket, refusalOf } from './bucket.ts';

/** See `ObjectStore.openUploads`. */
export async function openUploads({ client, bucket }: Bucket): Promise<MultipartRef[]> {
  const open: MultipartRef[] = [];
  let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (markers) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, ...markers }),
    );
    for (const { Key: key, UploadId: uploadId } of page.Uploads ?? [])
      if (key && uploadId) open.push({ key, uploadId });
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page;
    markers = IsTruncated ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined;
  }
  return open;
}

/** See `ObjectStore.abortMultipart`. */
export async function abortMultipart({ client, bucket }: Bucket, { key, uploadId }: MultipartRef): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId });
  await client.send(command).catch((error) => {
    if (!isGone(error)) throw error;
  });
}

/** The upload was completed or aborted, or never was. */
export const isGone = (error: unknown): boolean => refusalOf(error)?.code === 'NoSuchUpload';
