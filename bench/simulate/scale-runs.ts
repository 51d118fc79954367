import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CHUNK_SECONDS } from '../../core/timeline.ts';
import type { Measured, Run } from './measured.ts';
import { chunksOf, effortsFrom } from './work.ts';

/** What `bench:scale --json FILE` writes, as far as it is of use here. */
const Scale = z.object({
  seconds: z.number().positive(),
  runs: z
    .array(
      z.object({
        workers: z.int().min(1),
        wall: z.number().positive(),
        cores: z.number().positive(),
        /** Seconds of each step, of all workers. */
        steps: z.record(z.string(), z.number()),
      }),
    )
    .min(1),
  /**
   * A clip of ten seconds, with two workers; and several of them while the long one was worked on, one after the other,
   * each so many seconds after the end of the one before it.
   */
  short: z.object({
    alone: z.number().positive(),
    behind: z.array(z.object({ pause: z.number().min(0), wall: z.number().positive() })).min(1),
  }),
});

const BY = 'bench:scale (all of Reelight on one machine)';
const SHORT_SECONDS = 10;
/** A hundred pictures. */
const KEYFRAME_SECONDS = 4;
/** The short clip is sent when the long one's progress is seen to be over a tenth: its sound is done, and drawn. */
const SEEN_SECONDS = 1;
/** Beside the chunks: the plan, the sound, the source for comparing, and the joining. */
const OTHER_TASKS = 4;

/**
 * The figures with these runs in place of the ones of the same bench. What stands in for AWS there, the broker and the
 * functions run on the same processors, and what they take is nobody's; the run of two workers says how much that is. One
 * worker is always busy: what of its time is in none of its steps went by between its tasks.
 */
export async function withScaleRuns(measured: Measured, path: string): Promise<Measured> {
  const { seconds, runs, short } = Scale.parse(JSON.parse(await readFile(path, 'utf8')));
  const [one, both] = [1, 2].map((count) => runs.find(({ workers }) => workers === count));
  if (!one || !both) throw new Error('One worker and two have to be measured.');
  const tasks = chunksOf(seconds, CHUNK_SECONDS, KEYFRAME_SECONDS).length + OTHER_TASKS;
  const hop = Math.max(0, one.wall - sum(Object.values(one.steps))) / tasks;
  const run = (name: string, workers: number, videos: Run['videos'], { cores } = both): Run => {
    return { name, by: BY, workers, cores, each: 1, hop, keyframe_seconds: KEYFRAME_SECONDS, videos };
  };
  const long = { at: 0, seconds, chunk_seconds: CHUNK_SECONDS };
  const clip = { seconds: SHORT_SECONDS, chunk_seconds: CHUNK_SECONDS };
  const efforts = effortsFrom(measured);
  const begun = (['plan', 'sound'] as const).map((kind) => efforts(kind, { seconds, weight: 1 }).wall);
  const at = sum(begun) + SEEN_SECONDS;
  const ours = [
    ...runs.map((ran) => {
      const name = `${seconds} s, ${ran.workers === 1 ? '1 worker' : `${ran.workers} workers`}`;
      return run(name, ran.workers, [{ ...long, playable_after: ran.wall }], ran);
    }),
    run(`${SHORT_SECONDS} s alone, 2 workers`, 2, [{ ...clip, at: 0, playable_after: short.alone }]),
    run(`${SHORT_SECONDS} s behind ${seconds} s, 2 workers`, 2, [
      { ...long, playable_after: null },
      // The long one is the first here, and each of these follows the one before it.
      ...short.behind.map(({ pause, wall: playable_after }, i) => {
        return i === 0
          ? { ...clip, at, within: CHUNK_SECONDS, playable_after }
          : { ...clip, at: pause, after: i, playable_after };
      }),
    ]),
  ];
  return { ...measured, runs: [...measured.runs.filter(({ by }) => by !== BY), ...ours] };
}

function sum(of: readonly number[]): number {
  return of.reduce((all, one) => all + one, 0);
}
