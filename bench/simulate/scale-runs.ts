import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CHUNK_SECONDS } from '../../core/timeline.ts';
import type { Measured, Run } from './measured.ts';
import { effortsFrom } from './work.ts';

/** What `bench:scale --json FILE` writes, as far as it is of use here. */
const Scale = z.object({
  seconds: z.number().positive(),
  runs: z
    .array(z.object({ workers: z.int().min(1), wall: z.number().positive(), cores: z.number().positive() }))
    .min(1),
  /** Of a clip of ten seconds, with two workers; the mean of several that came while the long one was worked on. */
  short: z.object({ alone: z.number().positive(), behind: z.number().positive() }),
});

const BY = 'bench:scale (all of Reelight on one machine)';
const SHORT_SECONDS = 10;
/** A hundred pictures. */
const KEYFRAME_SECONDS = 4;
/** The short clip is sent when the long one's progress is seen to be over a tenth: its sound is done, and drawn. */
const SEEN_SECONDS = 1;

/**
 * The figures with these runs in place of the ones of the same bench. What stands in for AWS there, the broker and the
 * functions run on the same processors, and what they take is nobody's; the run of two workers says how much that is.
 */
export async function withScaleRuns(measured: Measured, path: string): Promise<Measured> {
  const { seconds, runs, short } = Scale.parse(JSON.parse(await readFile(path, 'utf8')));
  const left = runs.find(({ workers }) => workers === 2)?.cores;
  const run = (name: string, workers: number, videos: Run['videos'], cores = left): Run => {
    if (cores === undefined) throw new Error('Two workers were not measured.');
    return { name, by: BY, workers, cores, each: 1, keyframe_seconds: KEYFRAME_SECONDS, videos };
  };
  const long = { at: 0, seconds, chunk_seconds: CHUNK_SECONDS };
  const clip = { seconds: SHORT_SECONDS, chunk_seconds: CHUNK_SECONDS };
  const efforts = effortsFrom(measured);
  const begun = (['plan', 'sound'] as const).map((kind) => efforts(kind, { seconds, weight: 1 }).wall);
  const at = begun.reduce((sum, wall) => sum + wall, SEEN_SECONDS);
  const ours = [
    ...runs.map(({ workers, wall, cores }) => {
      const name = `${seconds} s, ${workers === 1 ? '1 worker' : `${workers} workers`}`;
      return run(name, workers, [{ ...long, playable_after: wall }], cores);
    }),
    run(`${SHORT_SECONDS} s alone, 2 workers`, 2, [{ ...clip, at: 0, playable_after: short.alone }]),
    run(`${SHORT_SECONDS} s behind ${seconds} s, 2 workers`, 2, [
      { ...long, playable_after: null },
      { ...clip, at, within: CHUNK_SECONDS, playable_after: short.behind },
    ]),
  ];
  return { ...measured, runs: [...measured.runs.filter(({ by }) => by !== BY), ...ours] };
}
