import { describeVideo } from '../core/describe-video.ts';
import { metadataKey } from '../core/keys.ts';
import type { TaskMessage } from '../core/messages.ts';
import type { Ports } from '../core/ports/index.ts';
import { rangeSource } from '../core/range-source.ts';
import { sourceOf } from '../core/video.ts';
import { makeVisible } from './make-visible.ts';
import { type Claim, type Finished, underClaim } from './under-claim.ts';

const META = { contentType: 'application/json', cacheControl: 'public, max-age=60' };

type MetadataPorts = Pick<Ports, 'videos' | 'uploads' | 'files' | 'tasks' | 'media' | 'now' | 'log'>;

/** Writes down everything that can be known about the source: from its header and its first frame, read by range. */
export function extractMetadata(
  ports: MetadataPorts,
  message: TaskMessage,
  worker: string,
  signal: AbortSignal,
): Promise<void> {
  const task = { type: 'metadata_extraction', queue: 'metadata', message, worker, signal } as const;
  return underClaim(ports, task, (claim) => extract(ports, claim));
}

async function extract({ uploads, files, media }: MetadataPorts, claim: Claim): Promise<Finished> {
  const { video, signal, step } = claim;
  const source = rangeSource(uploads, sourceOf(video));
  const probe = await step('probe', () => media.probe(source, signal));
  claim.progress(50);
  const frame = await step('first-frame', () => media.firstFrame(source, signal));
  const body = JSON.stringify(describeVideo(video, probe, frame));
  const key = metadataKey(video.file_id);
  const { written, undo } = await step('publish', () =>
    makeVisible(files, claim, key, (condition) => files.write(key, body, META, condition)),
  );
  return {
    outputs: { metadata: { key, size: written.size, etag: written.etag } },
    receipt: { cpu_seconds: null, bytes_read: source.bytesRead(), bytes_written: written.size },
    undo,
  };
}
