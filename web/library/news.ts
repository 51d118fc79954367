import type { VideoRecord } from '../../client/index.ts';
import { standingOf } from '../../core/standing.ts';

const ENDED = ['completed', 'failed', 'cancelled'];

/**
 * A record that was read, beside what had been heard before its answer came: of the same attempt, nothing goes back.
 *
 * @param known what is shown; its progress may be newer than its `seq`
 */
export function merged(known: VideoRecord | undefined, read: VideoRecord): VideoRecord {
  if (!known || known.attempt !== read.attempt) return known && known.attempt > read.attempt ? known : read;
  if (known.seq > read.seq) return known;
  const processes = { ...read.processes };
  for (const type of Object.keys(processes) as (keyof typeof processes)[]) {
    const [was, is] = [known.processes[type], read.processes[type]];
    const goesBack = ENDED.includes(was.status)
      ? !ENDED.includes(is.status)
      : was.progress > is.progress && !ENDED.includes(is.status);
    if (goesBack) processes[type] = { ...is, status: was.status, progress: was.progress, error: was.error };
  }
  const whole = { ...read, processes };
  return { ...whole, status: standingOf(whole) };
}

/** As a record will be once it says that the whole file has come. */
export function withSource(read: VideoRecord): VideoRecord {
  if (read.upload.status === 'complete') return read;
  const whole: VideoRecord = { ...read, upload: { ...read.upload, status: 'complete' } };
  return { ...whole, status: standingOf(whole) };
}

/** Where a video belongs among those listed, newest first. Unchanged where it is there, or on a page not yet read. */
export function inserted(
  ids: readonly string[],
  video: VideoRecord,
  known: ReadonlyMap<string, VideoRecord>,
  more: boolean,
): readonly string[] {
  if (ids.includes(video.file_id)) return ids;
  const at = ids.findIndex((id) => (known.get(id)?.created_at ?? '') < video.created_at);
  if (at < 0) return more ? ids : [...ids, video.file_id];
  return [...ids.slice(0, at), video.file_id, ...ids.slice(at)];
}
