import { type History, madeAs, type Violation } from '../history.ts';

/** What came out of the disturbed run shows what came out of the undisturbed one, frame by frame. */
export function pictures({ happenings, reference, remains }: History): Violation[] {
  return happenings.flatMap((happening) => {
    if (happening.kind !== 'accepted' || happening.variant === null) return [];
    const { file_id, variant } = happening;
    const video = remains.videos.get(file_id);
    if (video?.processes.video_enhancement.status !== 'completed') return [];
    const expected = reference.get(madeAs(variant, video.chunk_seconds));
    if (expected !== undefined && video.pictures === expected) return [];
    const detail = `${video.pictures ?? 'nothing'} instead of ${expected ?? 'nothing known'} (${madeAs(variant, video.chunk_seconds)})`;
    return [{ rule: 'the same pictures come out', what: file_id, detail }];
  });
}
