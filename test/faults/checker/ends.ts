import { PROCESS_TYPES } from '../../../core/process.ts';
import type { Accepted, History, Violation } from '../history.ts';
import { isEnd, type Sighting, sightings } from './sightings.ts';

/** Each attempt of each video that was accepted comes to one end, for which there is a reason, and stays there. */
export function ends(history: History): Violation[] {
  return [...histories(history), ...finals(history)];
}

function histories({ happenings }: History): Violation[] {
  return sightings(happenings).flatMap((group) =>
    group.flatMap((seen, at) => {
      const before = group[at - 1];
      if (!before) return [];
      const { file_id, process, attempt } = seen;
      const violation = (rule: string) => ({
        rule,
        what: file_id,
        detail: `${process}, attempt ${attempt}: ${shown(before)}, then ${shown(seen)}`,
      });
      if (before.seq === seen.seq) return same(before, seen) ? [] : [violation('one change tells one story')];
      if (isEnd(before.status) && !same(before, seen)) return [violation('an end is final')];
      return [];
    }),
  );
}

function finals({ happenings, remains }: History): Violation[] {
  const of = (kind: 'cancelled' | 'deleted') =>
    new Set(happenings.flatMap((happening) => (happening.kind === kind ? [happening.file_id] : [])));
  const [cancelled, deleted] = [of('cancelled'), of('deleted')];
  const parked = new Set(remains.parked.map(({ file_id }) => file_id));
  const accepted = happenings.filter((happening): happening is Accepted => happening.kind === 'accepted');
  return accepted.flatMap(({ file_id, variant, undisturbed }): Violation[] => {
    const video = remains.videos.get(file_id);
    const violation = (rule: string, detail: string) => ({ rule, what: file_id, detail });
    if (deleted.has(file_id)) return video ? [violation('what is deleted is gone', 'its record is there')] : [];
    if (!video) return [violation('nothing is lost', 'it was accepted, and there is no record of it')];
    return PROCESS_TYPES.flatMap((type) => {
      const { status, error } = video.processes[type];
      const told = `${type}, attempt ${video.attempt}: ${status}${error ? ` (${error})` : ''}`;
      if (!isEnd(status)) return [violation('everything comes to an end', told)];
      if (status === 'cancelled' && !cancelled.has(file_id)) return [violation('an end has a reason', told)];
      if (status === 'failed' && !error) return [violation('a failure says why', told)];
      if (variant === null) return status === 'completed' ? [violation('an end has a reason', told)] : [];
      if (status !== 'failed') return [];
      if (undisturbed) return [violation('nothing fails undisturbed', told)];
      // Of a video that is good only the limit of failures may be the end, and then somebody is to look at it.
      return parked.has(file_id) ? [] : [violation('what is given up is parked', told)];
    });
  });
}

const same = (a: Sighting, b: Sighting) => a.status === b.status && a.progress === b.progress && a.error === b.error;
const shown = ({ seq, status, progress }: Sighting) => `${status} ${progress} % at ${seq}`;
