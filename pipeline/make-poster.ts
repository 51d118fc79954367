import { readFile } from 'node:fs/promises';
import { posterKey, webpPosterKey } from '../core/keys.ts';
import type { Ports, PosterJob } from '../core/ports/index.ts';
import { type Beside, beside } from './beside.ts';
import { makeVisible } from './make-visible.ts';
import type { Claim } from './under-claim.ts';

/** A retry may bring another picture. */
const CACHE_CONTROL = 'public, max-age=0, must-revalidate';

/** Picks a picture of the enhanced video and puts it where pages find it, as JPEG and, smaller, as WebP. */
export function makePoster(
  ports: Pick<Ports, 'videos' | 'files' | 'media'>,
  claim: Claim,
  job: Omit<PosterJob, 'signal'>,
): Promise<Beside> {
  const { files, media } = ports;
  const { signal } = claim;
  const { file_id } = claim.video;
  return beside(claim, 'poster', async () => {
    const { width, height, jpeg, webp, cpuSeconds } = await media.makePoster({ ...job, signal });
    const small = webp && (await publish(webpPosterKey(file_id), webp.path, 'image/webp'));
    const large = await publish(posterKey(file_id), jpeg.path, 'image/jpeg');
    const poster = { ...large.image, content_type: 'image/jpeg', width, height, ...(small && { webp: small.image }) };
    return {
      outputs: { poster },
      cpuSeconds,
      bytesWritten: large.image.size + (small?.image.size ?? 0),
      undo: async () => void (await Promise.all([large.undo(), small?.undo()])),
    };
  });

  async function publish(key: string, path: string, contentType: string) {
    const bytes = await readFile(path);
    const meta = { contentType, cacheControl: CACHE_CONTROL };
    const { written, undo } = await makeVisible(ports, claim, key, (condition) =>
      files.write(key, bytes, meta, condition),
    );
    return { image: { key, size: written.size, etag: written.etag }, undo };
  }
}
