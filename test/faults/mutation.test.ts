import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { check } from './checker/check.ts';
import type * as files from './paper/files.ts';
import type { Mutant } from './paper/mutants.ts';
import { simulate } from './paper/simulate.ts';

/*
 * The checker tells a pipeline that keeps its promises from one that has lost one of its guards: the real steps, in
 * memory, with workers that die or freeze anywhere and messages that come twice.
 */

// Whoever fetches pieces writes them to files; here, to no file.
vi.mock('node:fs', async (original) => {
  const { createWriteStream } = await vi.importActual<typeof files>('./paper/files.ts');
  return { ...(await original<object>()), createWriteStream };
});

// Seconds of work, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** Of runs that a whole pipeline has to come through. */
const SEEDS = 60;
/** Of runs among which there is one that a broken pipeline does not come through. */
const SEEDS_TO_BREAK = 400;

// Heartbeats beat by the clock of the simulation.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const run = (seed: number, mutant?: Mutant) => simulate(seed, (ms) => vi.advanceTimersByTime(ms), mutant);

it('accepts the pipeline as it is, whatever happens to its workers', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) expect(check(await run(seed)), `seed ${seed}`).toEqual([]);
});

it('sees the same by the same seed', async () => {
  const [first, second] = [await run(11), await run(11)];
  expect(first.happenings).toEqual(second.happenings);
});

/** By the first seed that shows it. */
async function isRejectedFor(rule: string, mutant: Mutant): Promise<boolean> {
  for (let seed = 1; seed <= SEEDS_TO_BREAK; seed++) {
    if (check(await run(seed, mutant)).some((violation) => violation.rule === rule)) return true;
  }
  return false;
}

it.each<[Mutant, string]>([
  ['no fence', 'an end is final'],
  ['no fence over pieces', 'a piece is counted once'],
  ['no idempotence', 'an end is final'],
  ['no idempotence over pieces', 'a piece is counted once'],
  ['acknowledged first', 'everything comes to an end'],
])('rejects a pipeline with %s, for the right reason', async (mutant, rule) => {
  expect(await isRejectedFor(rule, mutant)).toBe(true);
});
