import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { docsAssets } from '../../infra/docs-assets.ts';
import type { Emulator } from './emulator.ts';

/** Puts the scripts of the documentation pages into the site bucket. */
export async function uploadDocsAssets({ s3 }: Emulator, bucket: string): Promise<void> {
  await Promise.all(
    (await docsAssets()).map(async ({ key, path, contentType, cacheControl }) => {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: createReadStream(path),
          ContentLength: (await stat(path)).size,
          ContentType: contentType,
          CacheControl: cacheControl,
        }),
      );
    }),
  );
}
