import type { History, Violation } from '../history.ts';
import { sightings } from './sightings.ts';

/** Within an attempt, progress never goes back, whoever looks. */
export function progress({ happenings }: History): Violation[] {
  return sightings(happenings).flatMap((group) =>
    group.flatMap((seen, at) => {
      const before = group[at - 1];
      if (!before || seen.progress >= before.progress) return [];
      const { file_id, process, attempt } = seen;
      const detail = `${process}, attempt ${attempt}: ${before.progress} % at ${before.seq}, ${seen.progress} % at ${seen.seq}`;
      return [{ rule: 'progress never goes back', what: file_id, detail }];
    }),
  );
}
