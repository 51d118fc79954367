import { PROCESS_TYPES } from '../../../core/process.ts';
import type { Happening, History, Told, Violation } from '../history.ts';
import { attempts, isEnd, type Sighting, sightings } from './sightings.ts';

type ToldTo = Extract<Happening, { kind: 'told' }>;

/**
 * Each client hears of every end of its videos at least once, by notices that are in order: those that a client keeps,
 * which drops what is not newer than what it knows of that process.
 */
export function telling(history: History): Violation[] {
  return [...numbered(history), ...heard(history)];
}

function numbered({ happenings }: History): Violation[] {
  const told = happenings.filter((happening): happening is ToldTo => happening.kind === 'told');
  return told.flatMap(({ client_id, notice }) =>
    Number.isInteger(notice.seq) && notice.seq > 0
      ? []
      : [{ rule: 'every notice has a seq', what: client_id, detail: JSON.stringify(notice) }],
  );
}

function heard({ happenings, remains }: History): Violation[] {
  const attemptOf = attempts(happenings);
  const kept = keptBy(happenings);
  const ends = new Set(
    [...kept].flatMap(([client, notices]) =>
      notices
        .filter(({ status }) => isEnd(status))
        .map(({ file_id, process_type: process, seq }) => {
          return `${client} ${nameOf({ file_id, process, attempt: attemptOf(file_id, seq) })}`;
        }),
    ),
  );
  const seen = new Map(sightings(happenings).map((group) => [nameOf(group[0]), group]));
  const reached = (name: string) => seen.get(name)?.some(({ status }) => isEnd(status)) ?? false;
  // What an attempt took over from the one before was told of then, as far as anybody saw.
  const tookOver = (name: string) => seen.get(name)?.every(({ status }) => status === 'completed') ?? true;
  return happenings.flatMap((happening) => {
    if (happening.kind !== 'accepted') return [];
    const { file_id, client_id } = happening;
    const video = remains.videos.get(file_id);
    // Of one that was deleted there is nothing to tell any more to who was not there.
    if (!video) return [];
    return Array.from({ length: video.attempt }, (_, at) => at + 1).flatMap((attempt) =>
      PROCESS_TYPES.map((process) => ({ process, name: nameOf({ file_id, process, attempt }) }))
        .filter(({ name }) => attempt === video.attempt || reached(name))
        .filter(({ name }) => !ends.has(`${client_id} ${name}`))
        .filter(({ name }) => attempt === 1 || !tookOver(name))
        .map(({ process }) => ({
          rule: 'each client hears of each end',
          what: client_id,
          detail: `${file_id}, ${process}, attempt ${attempt}`,
        })),
    );
  });
}

/** What each client knows, notice by notice, over all its connections. */
function keptBy(happenings: readonly Happening[]): Map<string, Told[]> {
  const kept = new Map<string, Told[]>();
  const newest = new Map<string, number>();
  for (const happening of happenings) {
    if (happening.kind !== 'told') continue;
    const { client_id, notice } = happening;
    const of = `${client_id} ${notice.file_id} ${notice.process_type}`;
    if (notice.seq <= (newest.get(of) ?? 0)) continue;
    newest.set(of, notice.seq);
    const notices = kept.get(client_id) ?? [];
    notices.push(notice);
    kept.set(client_id, notices);
  }
  return kept;
}

const nameOf = (of?: Pick<Sighting, 'file_id' | 'process' | 'attempt'>): string =>
  `${of?.file_id} ${of?.process} ${of?.attempt}`;
