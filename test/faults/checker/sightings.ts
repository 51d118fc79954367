import { PROCESS_TYPES, type ProcessStatus, type ProcessType } from '../../../core/process.ts';
import type { Happening, Retried, Sight } from '../history.ts';

/** One process of one video, as it was at one of the record's changes. */
export interface Sighting extends Sight {
  file_id: string;
  process: ProcessType;
  seq: number;
  attempt: number;
}

export const isEnd = (status: ProcessStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';

/**
 * All that anybody saw, by video, process and attempt, in the order of the record's changes. Notices do not say which
 * attempt they are of: it is the one whose first change came last before theirs.
 */
export function sightings(happenings: readonly Happening[]): Sighting[][] {
  const begun = attempts(happenings);
  const all = happenings.flatMap((happening): Sighting[] => {
    if (happening.kind === 'told') {
      const { file_id, process_type: process, seq, status, progress, error } = happening.notice;
      return [{ file_id, process, seq, attempt: begun(file_id, seq), status, progress, error }];
    }
    if (happening.kind !== 'polled') return [];
    const { file_id, seq, attempt, processes } = happening;
    return PROCESS_TYPES.map((process) => ({ file_id, process, seq, attempt, ...processes[process] }));
  });
  const groups = Map.groupBy(all, ({ file_id, process, attempt }) => `${file_id} ${process} ${attempt}`);
  return [...groups.values()].map((group) => group.toSorted((a, b) => a.seq - b.seq));
}

/** Which attempt a change belongs to. */
export function attempts(happenings: readonly Happening[]): (fileId: string, seq: number) => number {
  const begun = Map.groupBy(
    happenings.filter((happening): happening is Retried => happening.kind === 'retried'),
    ({ file_id }) => file_id,
  );
  return (fileId, seq) => {
    const before = (begun.get(fileId) ?? []).filter((retried) => retried.seq <= seq);
    return Math.max(1, ...before.map(({ attempt }) => attempt));
  };
}
