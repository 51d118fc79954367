import { planTimeline } from '../../core/timeline.ts';
import type { Effort } from './machine.ts';
import type { Measured, TaskKind } from './measured.ts';

/** A video as far as it matters here. */
export interface Clip {
  /** Of video. */
  seconds: number;
  /** How much harder it is to encode than what was measured, by its size and by what is in it. */
  weight: number;
  /** Browsers need another encode of the source, to compare with. */
  proxy?: boolean;
}

/** What a task takes that has so many seconds of the video in it. */
export type Efforts = (kind: TaskKind, clip: Clip, seconds?: number) => Effort;

/** These handle pictures, or bytes of them: they take as much longer as there is more of them. Proxies are never large. */
const HEAVY: ReadonlySet<TaskKind> = new Set(['whole', 'chunk', 'assemble']);

export function effortsFrom({ tasks }: Pick<Measured, 'tasks'>): Efforts {
  return (kind, clip, seconds = clip.seconds) => {
    const { fixed, each } = tasks[kind];
    const weighted = HEAVY.has(kind) ? seconds * clip.weight : seconds;
    return { wall: fixed.wall + each.wall * weighted, cpu: fixed.cpu + each.cpu * weighted };
  };
}

/** Seconds between the keyframes of the videos here: cameras have one, websites ask for two, encoders left alone make ten. */
const KEYFRAME_SECONDS = 2.5;
const TICKS = 1000;
const lengths = new Map<string, readonly number[]>();

/** The chunks that the pipeline's own planning cuts it into, in seconds; one where it is not cut. */
export function chunksOf(seconds: number, aim: number, keyframes = KEYFRAME_SECONDS): readonly number[] {
  if (aim <= 0) return [seconds];
  const key = `${seconds} ${aim} ${keyframes}`;
  const known = lengths.get(key);
  if (known) return known;
  const joints = Array.from({ length: Math.floor(seconds / keyframes) }, (_, i) => {
    const start = Math.round((i + 1) * keyframes * TICKS);
    return { keyframe: start, start, position: start, size: 1, seek: start / TICKS };
  });
  const sights = { timeBase: { num: 1, den: TICKS }, origin: 0, first: 0, duration: seconds, frameRate: 25, joints };
  const { chunks } = planTimeline(sights, { aim });
  const made = chunks.map(({ start, end }) => ((end ?? seconds * TICKS) - (start ?? 0)) / TICKS);
  lengths.set(key, made);
  return made;
}
