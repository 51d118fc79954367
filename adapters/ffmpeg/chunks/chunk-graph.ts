import { type Chunk, OUTPUT_TICKS, outputTicks, type Timeline } from '../../../core/timeline.ts';

/**
 * The plan's graph for one chunk. Its filters see the times of the whole video, so that what is switched on for a scene
 * is switched on for the same pictures; they see the pictures around the chunk, too, as far as they were decoded. Those
 * are dropped after them, by their times in the output's ticks: no rounding of seconds decides where a picture belongs.
 *
 * @returns a chain of filters for `-vf`, after which the chunk's first picture is at 0
 */
export function chunkGraph(graph: string, timeline: Timeline, { start, end }: Chunk): string {
  const base = outputTicks(timeline, start ?? timeline.first);
  const bounds = [
    ...(start === null ? [] : [`start_pts=${base}`]),
    ...(end === null ? [] : [`end_pts=${outputTicks(timeline, end)}`]),
  ];
  return [
    `setpts=PTS-(${timeline.origin})`,
    graph,
    `settb=1/${OUTPUT_TICKS}`,
    bounds.length > 0 ? `trim=${bounds.join(':')}` : '',
    `setpts=PTS-(${base})`,
  ]
    .filter(Boolean)
    .join(',');
}
