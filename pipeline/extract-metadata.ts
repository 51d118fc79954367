import { describeVideo } from '../core/describe-video.ts';
import { ReelightError, TransientError } from '../core/errors.ts';
import { metadataKey } from '../core/keys.ts';
import type { TaskMessage } from '../core/messages.ts';
import type { Ports, RangeSource } from '../core/ports/index.ts';
import { rangeSource } from '../core/range-source.ts';
import { sourceOf, type Video } from '../core/video.ts';
import { completed, underProcessClaim } from './claim-process.ts';
import { makeVisible } from './make-visible.ts';
import type { Claim, Finished } from './under-claim.ts';

const META = { contentType: 'application/json', cacheControl: 'public, max-age=60' };

type MetadataPorts = Pick<Ports, 'videos' | 'uploads' | 'files' | 'tasks' | 'meter' | 'now' | 'log'> & {
  media: Pick<Ports['media'], 'probe' | 'firstFrame'>;
};

/** A function is never told to stop. */
const NEVER = new AbortController().signal;

/**
 * Writes down everything that can be known about the source: from its header and its first frame, read by range.
 *
 * @param deadline aborts shortly before the function's time is up. That counts as a failure: a video that takes too long
 *   each time would be given again for ever, and hold up those behind it
 */
export function extractMetadata(
  ports: MetadataPorts,
  message: TaskMessage,
  worker: string,
  deadline: AbortSignal,
): Promise<void> {
  const task = { type: 'metadata_extraction', queue: 'metadata', message, worker, signal: NEVER } as const;
  return underProcessClaim(ports, task, (claim) => extract(ports, claim, deadline));
}

async function extract(ports: MetadataPorts, claim: Claim, deadline: AbortSignal): Promise<Finished<Video>> {
  const { uploads, files, media } = ports;
  const { video, step } = claim;
  const source = rangeSource(uploads, sourceOf(video));
  const signal = AbortSignal.any([claim.signal, deadline]);
  const { probe, frame } = await lookAt(source, media, { ...claim, signal }).catch((error) => {
    throw deadline.aborted && !(error instanceof ReelightError) ? tookTooLong(error) : error;
  });
  const body = JSON.stringify(describeVideo(video, probe, frame));
  const key = metadataKey(video.file_id);
  const { written, undo } = await step('publish', () =>
    makeVisible(ports, claim, key, (condition) => files.write(key, body, META, condition)),
  );
  return completed('metadata_extraction', {
    outputs: { metadata: { key, size: written.size, etag: written.etag } },
    receipt: { cpu_seconds: null, bytes_read: source.bytesRead(), bytes_written: written.size },
    undo,
  });
}

function tookTooLong(cause: unknown): TransientError {
  return new TransientError('took_too_long', 'It took too long to find out what is in this video.', { cause });
}

/**
 * Header and first frame, at the same time: they share what is read, and mostly wait for storage. What the header says is
 * wrong counts: without a video, there is no frame either.
 */
async function lookAt(source: RangeSource, media: MetadataPorts['media'], { signal, step, progress }: Claim) {
  const refused = new AbortController();
  const either = AbortSignal.any([signal, refused.signal]);
  const framing = step('first-frame', () => media.firstFrame(source, either));
  const framed = framing.catch(() => {});
  try {
    const probe = await step('probe', () => media.probe(source, signal));
    progress(50);
    return { probe, frame: await framing };
  } catch (error) {
    refused.abort(error);
    await framed;
    throw error;
  }
}
