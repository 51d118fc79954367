import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { SignIn } from '../../infra/issuer.ts';
import { buildPage, pageFiles } from '../../infra/page.ts';
import type { Emulator } from './emulator.ts';

/** Signed URLs spell this machine in one of these ways. */
const THIS_MACHINE = ['localhost', '127.0.0.1'];

/** Makes the page and puts it into the site bucket. What an older page named stays there for whoever has that open. */
export async function uploadPage({ s3, url }: Emulator, bucket: string, signIn?: SignIn): Promise<void> {
  const storage = THIS_MACHINE.map((host) => `http://${host}:${new URL(url).port}`);
  for (const { key, body, contentType, cacheControl } of await pageFiles(await buildPage(), storage, signIn)) {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        CacheControl: cacheControl,
      }),
    );
  }
}
