import type { z } from '@hono/zod-openapi';
import { costOf } from '../../core/prices/cost-of.ts';
import { pricesNear } from '../../core/prices/prices.ts';
import { PROCESS_TYPES, type Process } from '../../core/process.ts';
import { standingOf } from '../../core/standing.ts';
import type { Video } from '../../core/video.ts';
import type { ProcessState, VideoRecord } from './schemas.ts';

/** Of the region that this runs in. */
const prices = pricesNear(process.env.AWS_REGION);

/** The record as clients see it: without S3's upload id, keys as paths, and claims as a count. */
export function presentVideo(video: Video): z.infer<typeof VideoRecord> {
  const { enhanced, metadata, source, poster } = video.outputs;
  const { kind, status, expires_at } = video.upload;
  return {
    file_id: video.file_id,
    client_id: video.client_id,
    filename: video.filename,
    size: video.size,
    content_type: video.content_type,
    profile: video.profile,
    hdr: video.hdr,
    status: standingOf(video),
    created_at: video.created_at,
    updated_at: video.updated_at,
    seq: video.seq,
    attempt: video.attempt,
    upload: { kind, status, expires_at },
    source: video.source && { size: video.source.size, etag: video.source.etag, checksum: video.source.checksum },
    processes: Object.fromEntries(
      PROCESS_TYPES.map((type) => [type, presentProcess(video.processes[type])]),
    ) as z.infer<typeof VideoRecord>['processes'],
    analysis: video.analysis,
    outputs: {
      ...(enhanced && { enhanced: withPath(enhanced) }),
      ...(metadata && { metadata: withPath(metadata) }),
      ...(source && { source: withPath(source) }),
      ...(poster && { poster: presentPoster(poster) }),
    },
    receipts: video.receipts,
    cost: costOf(video, prices),
  };
}

/** What the status endpoints tell. */
export function presentState({ status, progress, error, last_updated }: Process): z.infer<typeof ProcessState> {
  return { status, progress, error, last_updated };
}

function presentProcess(process: Process) {
  const { error_code, failures, fence, started_at, finished_at } = process;
  return { ...presentState(process), error_code, failures, claims: fence, started_at, finished_at };
}

function presentPoster({ webp, ...poster }: NonNullable<Video['outputs']['poster']>) {
  return { ...withPath(poster), ...(webp && { webp: withPath(webp) }) };
}

function withPath<Output extends { key: string }>({ key, ...rest }: Output): Omit<Output, 'key'> & { path: string } {
  return { path: `/${key}`, ...rest };
}
