import type { Measured, Run } from './measured.ts';
import { simulate } from './pipeline.ts';
import { fixed } from './scaling.ts';
import { percent, type Table, time } from './table.ts';
import { type Efforts, effortsFrom } from './work.ts';

/** How far off a prediction may be. */
export const GOAL = 0.1;

export interface Prediction {
  name: string;
  by: string;
  seconds: number;
  measured: number;
  predicted: number;
  /** As a share of what was measured; negative where the simulation is too quick. */
  off: number;
}

/** So many arrivals are simulated of what came at no certain time. */
const ARRIVALS = 10;

/** What the simulation says of the runs that were measured: one machine whose processors all workers share. */
export function predictions(measured: Measured): Prediction[] {
  return measured.runs.flatMap((run) => predict(run, measured, effortsFrom(measured)));
}

function predict(run: Run, measured: Measured, efforts: Efforts): Prediction[] {
  const { name, by, videos } = run;
  const isUncertain = videos.some(({ within }) => within !== undefined);
  const tries = Array.from({ length: isUncertain ? ARRIVALS : 1 }, (_, i) =>
    playableAfter(run, measured, efforts, i / ARRIVALS),
  );
  return videos.flatMap(({ seconds, playable_after: measured }, i) => {
    if (measured === null) return [];
    const predicted = tries.reduce((sum, after) => sum + (after[i] ?? Number.NaN), 0) / tries.length;
    return [{ name, by, seconds, measured, predicted, off: predicted / measured - 1 }];
  });
}

/** By video, in seconds from its arrival, when those that came at no certain time came after this share of it. */
function playableAfter(run: Run, { hop }: Measured, efforts: Efforts, share: number): number[] {
  const { workers, cores, each = cores, keyframe_seconds: keyframes, videos } = run;
  const held: Efforts = (...task) => {
    const { wall, cpu } = efforts(...task);
    return { wall: Math.max(wall, cpu / each), cpu };
  };
  const arrivals = videos.map(({ at, within = 0, seconds }) => ({ at: at + within * share, seconds, weight: 1 }));
  const { fates } = simulate({
    seed: 1,
    efforts: held,
    arrivals,
    fleet: { rule: fixed(workers), start: 0, cores, shared: true },
    chunkSeconds: (video) => videos[video]?.chunk_seconds ?? 0,
    keyframes,
    dispatch: 0,
    hop: hop.seconds,
    count: () => ({ mean: 0, lost: 0 }),
  });
  return arrivals.map(({ at }, i) => (fates[i]?.playable ?? Number.NaN) - at);
}

export function predictionTable(made: readonly Prediction[]): Table {
  const worst = made.toSorted((a, b) => Math.abs(b.off) - Math.abs(a.off))[0];
  const verdict = worst && Math.abs(worst.off) <= GOAL ? 'all within' : 'not all within';
  return {
    title: 'Predicted and measured',
    headings: ['run', 'video', 'measured', 'predicted', 'off'],
    rows: made.map(({ name, seconds, measured, predicted, off }) => [
      name,
      time(seconds),
      time(measured),
      time(predicted),
      `${off < 0 ? '−' : '+'}${percent(Math.abs(off))}`,
    ]),
    says: worst
      ? [`The furthest off is ${percent(Math.abs(worst.off))}: ${verdict} ${percent(GOAL)}.`]
      : ['Nothing was measured.'],
  };
}
