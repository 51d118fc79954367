import type { FinalVideo, History, Violation } from '../history.ts';
import { sightings } from './sightings.ts';

/** When all is over, what is there belongs to a record that is there. */
export function leftovers({ happenings, remains }: History): Violation[] {
  const { videos, objects, uploads, rows, queues, parked, scratch, programs } = remains;
  const owned = new Set([...videos.values()].flatMap((video) => video.objects));
  const left = (rule: string, what: string, detail = '') => ({ rule, what, detail });
  const missing = [...videos].flatMap(([fileId, video]) =>
    video.objects
      .filter((key) => !objects.includes(key))
      .map((key) => left('what a record names is there', key, fileId)),
  );
  const good = new Set(
    happenings.flatMap((happening) =>
      happening.kind === 'accepted' && happening.variant !== null ? [happening.file_id] : [],
    ),
  );
  // A later attempt may have come to a better end since.
  const failed = new Set(
    sightings(happenings)
      .flat()
      .flatMap(({ file_id, status }) => (status === 'failed' ? [file_id] : [])),
  );
  for (const [fileId, video] of videos) if (isFailed(video)) failed.add(fileId);
  return [
    ...missing,
    ...objects
      .filter((key) => !owned.has(key) && !isKeptForRetry(key, videos))
      .map((key) => left('no orphan objects', key)),
    ...uploads.map((key) => left('no open multipart uploads', key)),
    ...rows.filter((row) => !belongs(row, videos)).map(({ pk, sk }) => left('no leftover rows', pk, sk)),
    ...Object.entries(queues)
      .filter(([, messages]) => messages > 0)
      .map(([queue, messages]) => left('the queues are empty', queue, `${messages} messages`)),
    ...parked
      .filter(({ file_id }) => !file_id || !good.has(file_id) || !failed.has(file_id))
      .map(({ file_id, reason }) => left('only what was given up is parked', file_id ?? 'unreadable', reason)),
    ...scratch.map((path) => left('no temporary files', path)),
    ...programs.map((program) => left('no programs', program)),
  ];
}

const isFailed = (video: FinalVideo): boolean =>
  Object.values(video.processes).some(({ status }) => status === 'failed');

/** Work under claims that an enhancement which was given up has left: another attempt may take it over. */
function isKeptForRetry(key: string, videos: Map<string, FinalVideo>): boolean {
  const [, fileId] = /:attempts\/([^/]+)\//.exec(key) ?? [];
  return fileId !== undefined && videos.get(fileId)?.processes.video_enhancement.status === 'failed';
}

/** By what rows are for, see `adapters/dynamodb/keys.ts`. */
function belongs(
  { pk, sk, file_id, used }: History['remains']['rows'][number],
  videos: Map<string, FinalVideo>,
): boolean {
  // What was begun within the hour; and what is in flight, which is nothing any more.
  if (pk === 'HEALTH' || pk.startsWith('USES#')) return true;
  if (pk === 'USES') return used === 0;
  if (pk.startsWith('CLIENT#') && sk.startsWith('VIDEO#')) return videos.has(sk.slice(sk.lastIndexOf('#') + 1));
  if (pk.startsWith('ONCE#')) return file_id !== undefined && videos.has(file_id);
  // What was cancelled before its upload came is watched until that can come no more.
  if (pk.startsWith('WATCH#')) return videos.get(sk)?.objects.every((key) => !key.startsWith('uploads:')) ?? false;
  if (pk.startsWith('PIECES#')) return isKeptForRetry(`:attempts/${pk.slice('PIECES#'.length)}/`, videos);
  return false;
}
