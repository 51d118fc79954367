import { attemptKey, enhancedKey } from '../core/keys.ts';
import type { TaskMessage } from '../core/messages.ts';
import type { ObjectMeta, Ports } from '../core/ports/index.ts';
import { profiles } from '../core/profiles/index.ts';
import { rangeSource } from '../core/range-source.ts';
import { sourceOf } from '../core/video.ts';
import { makeVisible } from './make-visible.ts';
import { type Claim, type Finished, underClaim } from './under-claim.ts';

/** Encoding's share of the progress that people see; the rest is the way to S3. */
const ENCODE_SHARE = 0.95;

/** A retry may write another file under the same address, so caches ask each time; the etag makes that cheap. */
const CACHE_CONTROL = 'public, max-age=0, must-revalidate';

type EnhancePorts = Pick<Ports, 'videos' | 'uploads' | 'files' | 'tasks' | 'media' | 'scratch' | 'now' | 'log'>;

/**
 * Makes the video look better: reads the source where it lies, writes the result under this claim, and moves it to its
 * public address once the claim has proved to stand.
 */
export function enhance(ports: EnhancePorts, message: TaskMessage, worker: string, signal: AbortSignal): Promise<void> {
  const task = { type: 'video_enhancement', queue: 'enhance', message, worker, signal } as const;
  return underClaim(ports, task, (claim) => ports.scratch((folder) => enhanceInto(ports, claim, folder)));
}

async function enhanceInto({ uploads, files, media }: EnhancePorts, claim: Claim, scratch: string): Promise<Finished> {
  const { video, fence, signal, step } = claim;
  const source = rangeSource(uploads, sourceOf(video));
  const staged = attemptKey(video.file_id, fence, 'enhanced');
  try {
    const { facts } = await step('probe', () => media.probe(source, signal));
    const plan = profiles[video.profile].plan(facts.video);
    const onProgress = (percent: number) => claim.progress(percent * ENCODE_SHARE);
    const enhanced = await step('enhance', () => media.enhance({ source, facts, plan, scratch, onProgress, signal }));
    const meta: ObjectMeta = { contentType: enhanced.contentType, cacheControl: CACHE_CONTROL };
    await step('store', () => files.writeFile(staged, enhanced.path, meta, signal));
    claim.progress(99);
    const { written, undo } = await step('publish', () =>
      makeVisible(files, claim, enhancedKey(video.file_id), (condition) =>
        files.copy(staged, enhancedKey(video.file_id), meta, condition),
      ),
    );
    return {
      outputs: {
        enhanced: {
          key: written.key,
          size: enhanced.size,
          etag: written.etag,
          content_type: enhanced.contentType,
          encoder: enhanced.encoder,
          duration_seconds: enhanced.durationSeconds,
        },
      },
      receipt: { cpu_seconds: enhanced.cpuSeconds, bytes_read: source.bytesRead(), bytes_written: enhanced.size },
      undo,
    };
  } finally {
    await files.remove(staged);
  }
}
