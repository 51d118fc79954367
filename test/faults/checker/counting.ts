import type { History, Violation } from '../history.ts';

/** Each piece of a video is counted in its record once, whatever is delivered twice and whoever comes late. */
export function counting({ happenings }: History): Violation[] {
  return happenings.flatMap((happening) => {
    if (happening.kind !== 'counted' || happening.counted === happening.done) return [];
    const { file_id, counted, done } = happening;
    return [{ rule: 'a piece is counted once', what: file_id, detail: `${counted} counted, ${done} done` }];
  });
}
