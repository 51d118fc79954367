import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectInfo } from '../../core/ports/object-store.ts';
import { type Bucket, checksumOf, isMissing, quoted } from './bucket.ts';

/** What there is to know of an object; undefined when there is none. */
export async function headObject({ client, bucket }: Bucket, key: string): Promise<ObjectInfo | undefined> {
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
    return {
      key,
      size: head.ContentLength ?? 0,
      etag: quoted(head.ETag ?? ''),
      content_type: head.ContentType ?? null,
      checksum: checksumOf(head),
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
