import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  abandon,
  advance,
  cancel,
  claim,
  complete,
  failForNow,
  handOver,
  LEASE_MS,
  type Process,
  pendingProcess,
  release,
  spend,
} from './process.ts';
import { Refusal } from './refusal.ts';
import { NOTHING_SPENT, spentSince, sumSpent } from './spent.ts';

const start = new Date('2026-01-01T00:00:00Z');
const why = { code: 'x', message: 'because' };
const run = { ...NOTHING_SPENT, runs: 1 };

it('adds up, and takes apart again, without tails of fractions', () => {
  const parts = Array.from({ length: 10 }, () => ({ ...run, seconds: 0.1, table_writes: 0.5 }));
  const sum = sumSpent(...parts);
  expect(sum).toEqual({ ...NOTHING_SPENT, runs: 10, seconds: 1, table_writes: 5 });
  expect(spentSince(parts[0] ?? run, sum)).toEqual({ ...NOTHING_SPENT, runs: 9, seconds: 0.9, table_writes: 4.5 });
});

const WAYS = {
  advance: (process: Process, fence: number, now: Date) => advance(process, fence, 1, now),
  complete,
  failForNow: (process: Process, fence: number, now: Date) => failForNow(process, fence, why, now),
  release,
  handOver: (process: Process, fence: number, now: Date) => handOver(process, fence, 5, now),
  cancel: (process: Process, _: number, now: Date) => cancel(process, now),
  abandon: (process: Process, _: number, now: Date) => abandon(process, why, now),
};
const way = fc.constantFrom(...(Object.keys(WAYS) as (keyof typeof WAYS)[]));

it('counts each claim exactly once, however it ends, whoever says so and however often', () => {
  const step = fc.record({
    claims: fc.boolean(),
    way,
    fence: fc.integer({ min: 0, max: 4 }),
    seconds: fc.nat(9),
    wait: fc.nat(LEASE_MS),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let process = pendingProcess(start);
      let at = start.getTime();
      /** By fence: what its holder said last that it has taken. */
      const said = new Map<number, number>();
      for (const { claims, way, fence, seconds, wait } of steps) {
        at += wait;
        const now = new Date(at);
        const spending = spend(process, fence, { ...run, seconds: (said.get(fence) ?? 0) + seconds });
        const next = claims ? claim(process, 'one', now) : WAYS[way](spending, fence, now);
        if (next instanceof Refusal) continue;
        if (!claims && spending !== process) said.set(fence, spending.claim?.spent.seconds ?? 0);
        process = next;
        const ended = [...said].filter(([of]) => !(process.claim && of === process.fence));
        expect(process.spent.seconds).toBe(ended.reduce((sum, [, taken]) => sum + taken, 0));
      }
    }),
    { numRuns: 500 },
  );
});
