import type { Analysis } from '../core/analysis.ts';
import { conform } from '../core/conform.ts';
import { attemptKey, sharedSourceKey } from '../core/keys.ts';
import { wayToShow } from '../core/playable.ts';
import type { ObjectInfo, ObjectMeta, PlayableJob, Ports, Probe, WriteCondition } from '../core/ports/index.ts';
import { sourceOf, type Video } from '../core/video.ts';
import { type Beside, beside, NOTHING } from './beside.ts';
import { makeVisible } from './make-visible.ts';
import type { Claim } from './under-claim.ts';

/** A retry may find another way to show it, so caches ask each time. */
const CACHE_CONTROL = 'public, max-age=0, must-revalidate';

type SharePorts = Pick<Ports, 'videos' | 'uploads' | 'files' | 'media'>;
type Sharing = NonNullable<Video['outputs']['source']>['sharing'];

/**
 * Puts the source where browsers can play it, for comparing: as it is where they all can, else in another container, or
 * lighter and encoded anew. What an earlier attempt made is kept, since a source never changes.
 *
 * @param seen whether the pictures themselves were found to be interlaced; null where nobody looked
 */
export function shareSource(
  ports: SharePorts,
  claim: Claim,
  probe: Probe,
  seen: Analysis['interlacing'] | null,
  job: Pick<PlayableJob, 'source' | 'scratch' | 'onProgress'>,
): Promise<Beside> {
  const { uploads, files, media } = ports;
  const { video, fence, signal } = claim;
  const key = sharedSourceKey(video.file_id);
  return beside(claim, 'share-source', async () => {
    const before = video.outputs.source;
    if (before && (await files.head(key))?.etag === before.etag) return NOTHING;
    const way = wayToShow(probe, video.content_type, seen);
    if (way.way === 'original') {
      const meta = { contentType: way.contentType, cacheControl: CACHE_CONTROL };
      const from = { ...sourceOf(video), bucket: uploads.bucket };
      return publish('original', 0, meta, (condition) => files.copyFrom(from, key, meta, condition, signal));
    }
    const { facts } = probe;
    const { graph, picture } = conform(facts, seen);
    const plan = { graph, color: picture.color, findings: [] };
    const made = await media.makePlayable({ ...job, facts, plan, way, signal });
    const meta = { contentType: 'video/mp4', cacheControl: CACHE_CONTROL };
    const staged = attemptKey(video.file_id, video.attempt, fence, 'source');
    try {
      await files.writeFile(staged, made.path, meta, signal);
      return await publish(made.way, made.cpuSeconds, meta, (condition) => files.copy(staged, key, meta, condition));
    } finally {
      await files.remove(staged);
    }
  });

  async function publish(
    sharing: Sharing,
    cpuSeconds: number,
    { contentType }: ObjectMeta,
    write: (condition: WriteCondition) => Promise<ObjectInfo>,
  ): Promise<Beside> {
    const { written, undo } = await makeVisible(ports, claim, key, write);
    const { size, etag } = written;
    const source = { key, size, etag, content_type: contentType, sharing };
    // A copy inside S3 wrote nothing from here.
    return { outputs: { source }, cpuSeconds, bytesWritten: sharing === 'original' ? 0 : size, undo };
  }
}
