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

/** Videos of one length in one run are the same thing, several times: their mean is what is measured, and predicted. */
function predict(run: Run, measured: Measured, efforts: Efforts): Prediction[] {
  const { name, by, videos } = run;
  const isUncertain = videos.some(({ within }) => within !== undefined);
  const tries = Array.from({ length: isUncertain ? ARRIVALS : 1 }, (_, i) =>
    playableAfter(run, measured, efforts, i / ARRIVALS),
  );
  const waitedFor = videos.flatMap(({ seconds, playable_after }, i) =>
    playable_after === null ? [] : [{ seconds, measured: playable_after, i }],
  );
  return [...Map.groupBy(waitedFor, ({ seconds }) => seconds)].map(([seconds, alike]) => {
    const measured = mean(alike.map(({ measured }) => measured));
    const predicted = mean(alike.flatMap(({ i }) => tries.map((after) => after[i] ?? Number.NaN)));
    return { name, by, seconds, measured, predicted, off: predicted / measured - 1 };
  });
}

function mean(of: readonly number[]): number {
  return of.reduce((sum, one) => sum + one, 0) / of.length;
}

/** By video, in seconds from its arrival, when those that came at no certain time came after this share of it. */
function playableAfter(run: Run, measured: Measured, efforts: Efforts, share: number): number[] {
  const { workers, cores, each = cores, hop = measured.hop.seconds, keyframe_seconds: keyframes, videos } = run;
  const held: Efforts = (...task) => {
    const { wall, cpu } = efforts(...task);
    return { wall: Math.max(wall, cpu / each), cpu };
  };
  const arrivals = videos.map(({ at, after, within = 0, seconds }) => {
    return { at: at + within * share, ...(after !== undefined && { after }), seconds, weight: 1 };
  });
  const { fates } = simulate({
    seed: 1,
    efforts: held,
    arrivals,
    fleet: { rule: fixed(workers), start: 0, cores, shared: true },
    chunkSeconds: (video) => videos[video]?.chunk_seconds ?? 0,
    keyframes,
    dispatch: 0,
    hop,
    count: () => ({ mean: 0, lost: 0 }),
  });
  return fates.map(({ arrived, playable }) => playable - arrived);
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
