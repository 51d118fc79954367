import { attemptKey, enhancedKey } from '../core/keys.ts';
import type { ObjectInfo, Ports } from '../core/ports/index.ts';
import { makeVisible } from './make-visible.ts';
import type { Claim } from './under-claim.ts';

/** A retry may write another file under the same address, so caches ask each time; the etag makes that cheap. */
const CACHE_CONTROL = 'public, max-age=0, must-revalidate';

/**
 * Brings an enhanced video from the worker's disk to where people can fetch it. It is written under the claim first, where
 * nobody is served from: that may take minutes, and to move it then takes a moment, for which the claim is made sure of.
 *
 * @throws TransientError `output_raced`; the reason why the claim was lost
 */
export async function publishEnhanced(
  { videos, files }: Pick<Ports, 'videos' | 'files'>,
  claim: Claim,
  path: string,
  contentType: string,
): Promise<{ written: ObjectInfo; undo(): Promise<void> }> {
  const { video, fence, signal, step } = claim;
  const { file_id, attempt } = video;
  const [staged, key] = [attemptKey(file_id, attempt, fence, 'enhanced'), enhancedKey(file_id)];
  const meta = { contentType, cacheControl: CACHE_CONTROL };
  try {
    await step('store', () => files.writeFile(staged, path, meta, signal));
    claim.progress(99);
    return await step('publish', () =>
      makeVisible({ videos, files }, claim, key, (condition) => files.copy(staged, key, meta, condition)),
    );
  } finally {
    await files.remove(staged);
  }
}
