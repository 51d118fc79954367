import { type Chunk, OUTPUT_TICKS, outputTicks, type Timeline } from '../../../core/timeline.ts';

/**
 * The plan's graph for one chunk. Its filters see the times of the whole video, so that what is switched on for a scene
 * is switched on for the same pictures; they see the pictures around the chunk, too, as far as they were decoded. Those
 * are dropped after them, by their times in the output's ticks: no rounding of seconds decides where a picture belongs.
 *
 * @returns a chain of filters for `-vf`, after which the chunk's first picture is at 0
 */
export function chunkGraph(graph: string, timeline: Timeline, { start, end, cut }: Chunk): string {
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
    // A plan from before an upgrade may not know of cuts.
    !cut ? '' : finerFrom((outputTicks(timeline, cut.start) - base) / OUTPUT_TICKS, cut.worth),
  ]
    .filter(Boolean)
    .join(',');
}

/** So much finer does x264 quantise the first picture of a scene in which all is predicted from it; of all that it can. */
const FINER = 6 / 51;
/** Seconds: less than between any two pictures, and more than rounding takes away. */
const HAIR = 0.000_5;

/**
 * From a time on, in seconds, the encoder is to be finer. It is said by a region of interest that is the whole picture:
 * what x264 does with the first picture of a scene, no zone changes. Nothing else of the pictures is touched.
 */
function finerFrom(time: number, worth: number): string {
  const choose = `sendcmd=c='${Math.max(0, time - HAIR).toFixed(6)} streamselect map 1'`;
  const both = `split[plain][late];[late]addroi=w=iw:h=ih:qoffset=${(-FINER * worth).toFixed(4)}[finer]`;
  return `${choose},${both};[plain][finer]streamselect=inputs=2:map=0`;
}
