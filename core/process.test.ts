import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  abandon,
  advance,
  cancel,
  claim,
  complete,
  fail,
  failForNow,
  handOver,
  isTerminal,
  LEASE_MS,
  MAX_FAILURES,
  type Process,
  pendingProcess,
  release,
  spend,
} from './process.ts';
import { Refusal } from './refusal.ts';
import { NOTHING_SPENT } from './spent.ts';

const start = new Date('2026-01-01T00:00:00Z');
const later = (ms: number) => new Date(start.getTime() + ms);
const why = { code: 'x', message: 'because' };

function done(decided: Process | Refusal): Process {
  if (decided instanceof Refusal) throw new Error(`refused: ${decided.reason}`);
  return decided;
}

describe('a claim', () => {
  const first = done(claim(pendingProcess(start), 'one', start));

  it('is refused while its lease is good, and says until when', () => {
    const refused = claim(first, 'two', later(LEASE_MS - 1));
    expect(refused).toMatchObject({ reason: 'held', until: later(LEASE_MS) });
  });

  it('is taken over once the lease has run out, which counts as a failure', () => {
    const second = done(claim(first, 'two', later(LEASE_MS)));
    expect(second).toMatchObject({ fence: 2, failures: 1, claim: { worker: 'two' } });
  });

  it('is renewed by progress', () => {
    const alive = done(advance(first, 1, 10, later(5_000)));
    expect(claim(alive, 'two', later(LEASE_MS + 1))).toMatchObject({ reason: 'held' });
  });

  it('lets only its newest holder write', () => {
    const second = done(claim(first, 'two', later(LEASE_MS)));
    for (const write of [
      advance(second, 1, 50, later(LEASE_MS)),
      complete(second, 1, later(LEASE_MS)),
      fail(second, 1, why, later(LEASE_MS)),
      failForNow(second, 1, why, later(LEASE_MS)),
      release(second, 1, later(LEASE_MS)),
    ]) {
      expect(write).toMatchObject({ reason: 'superseded' });
    }
  });

  it('is refused for good after too many vanished workers', () => {
    let process = pendingProcess(start);
    let at = 0;
    for (let i = 0; i < MAX_FAILURES; i++) {
      process = done(claim(process, `worker ${i}`, later(at)));
      at += LEASE_MS;
    }
    expect(claim(process, 'one more', later(at))).toMatchObject({ reason: 'exhausted' });
    expect(done(abandon(process, why, later(at)))).toMatchObject({ status: 'failed', error: 'because' });
  });
});

describe('an ending', () => {
  const held = done(claim(pendingProcess(start), 'worker', start));
  const last = { ...held, failures: MAX_FAILURES - 1 };
  const endings: [string, Process, (process: Process, fence: number) => Process | Refusal][] = [
    ['completed', held, (process, fence) => complete(process, fence, start)],
    ['failed', held, (process, fence) => fail(process, fence, why, start)],
    ['failed for now', held, (process, fence) => failForNow(process, fence, why, start)],
    ['failed once too often', last, (process, fence) => failForNow(process, fence, why, start)],
    ['handed over', held, (process, fence) => handOver(process, fence, 5, start)],
    ['released', held, (process, fence) => release(process, fence, start)],
  ];

  it.each(endings)('is known where it was written before and the answer was lost: %s', (_, process, end) => {
    const once = done(end(process, 1));
    expect(end(once, 1)).toMatchObject({ reason: 'unchanged' });
    expect(end(once, 2)).toMatchObject({ reason: 'superseded' });
    expect(end({ ...once, fence: 2 }, 1)).toMatchObject({ reason: 'superseded' });
  });

  it('is not taken for another', () => {
    expect(complete(done(fail(held, 1, why, start)), 1, start)).toMatchObject({ reason: 'superseded' });
    expect(fail(done(complete(held, 1, start)), 1, why, start)).toMatchObject({ reason: 'superseded' });
  });
});

it('is not moved by whoever handed it over', () => {
  const handed = done(handOver(done(claim(pendingProcess(start), 'worker', start)), 1, 5, start));
  for (const write of [
    advance(handed, 1, 50, start),
    complete(handed, 1, start),
    fail(handed, 1, why, start),
    failForNow(handed, 1, why, start),
    release(handed, 1, start),
  ]) {
    expect(write).toMatchObject({ reason: 'superseded' });
  }
});

it('is neither given up nor cancelled once it has ended', () => {
  const completed = done(complete(done(claim(pendingProcess(start), 'worker', start)), 1, start));
  expect(abandon(completed, why, start)).toMatchObject({ reason: 'finished' });
  expect(cancel(completed, start)).toMatchObject({ reason: 'finished' });
});

it('says when it was begun, and not when it was taken over', () => {
  const first = done(claim(pendingProcess(start), 'one', start));
  expect(done(claim(first, 'two', later(LEASE_MS))).started_at).toBe(start.toISOString());
});

it('has what its holder has taken written down by nobody else', () => {
  const first = done(claim(pendingProcess(start), 'one', start));
  const second = done(claim(first, 'two', later(LEASE_MS)));
  const taken = { ...NOTHING_SPENT, runs: 1, seconds: 9 };
  expect(spend(second, 1, taken)).toEqual(second);
  expect(spend(second, 2, taken).claim?.spent).toEqual(taken);
});

it('gives up after failing too often, and not before', () => {
  let process = pendingProcess(start);
  const statuses = [];
  for (let i = 0; i < MAX_FAILURES; i++) {
    process = done(claim(process, 'worker', start));
    process = done(failForNow(process, process.fence, why, start));
    statuses.push(process.status);
  }
  expect(statuses).toEqual(['pending', 'pending', 'pending', 'pending', 'failed']);
});

it('does not blame a worker that was told to stop', () => {
  const held = done(claim(pendingProcess(start), 'worker', start));
  expect(done(release(held, 1, start))).toMatchObject({ status: 'pending', failures: 0, claim: null });
});

type Step = (process: Process, now: Date) => Process | Refusal;
const step = fc.oneof(
  fc.string().map(
    (worker): Step =>
      (process, now) =>
        claim(process, worker, now),
  ),
  fc.record({ fence: fc.integer({ min: 0, max: 6 }), progress: fc.double() }).map(
    ({ fence, progress }): Step =>
      (process, now) =>
        advance(process, fence, progress, now),
  ),
  fc.integer({ min: 0, max: 6 }).map(
    (fence): Step =>
      (process, now) =>
        complete(process, fence, now),
  ),
  fc.integer({ min: 0, max: 6 }).map(
    (fence): Step =>
      (process, now) =>
        fail(process, fence, why, now),
  ),
  fc.integer({ min: 0, max: 6 }).map(
    (fence): Step =>
      (process, now) =>
        failForNow(process, fence, why, now),
  ),
  fc.integer({ min: 0, max: 6 }).map(
    (fence): Step =>
      (process, now) =>
        release(process, fence, now),
  ),
  fc.constant<Step>((process, now) => cancel(process, now)),
);

it('never leaves a terminal state, never loses progress, never lowers the fence, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.integer({ min: 0, max: 2 * LEASE_MS })), { maxLength: 60 }), (steps) => {
      let process = pendingProcess(start);
      let at = 0;
      for (const [apply, wait] of steps) {
        at += wait;
        const next = apply(process, later(at));
        if (next instanceof Refusal) continue;
        expect(isTerminal(process)).toBe(false);
        expect(next.progress).toBeGreaterThanOrEqual(process.progress);
        expect(next.progress).toBeLessThanOrEqual(100);
        expect(next.fence).toBeGreaterThanOrEqual(process.fence);
        expect(next.failures).toBeLessThanOrEqual(MAX_FAILURES);
        expect(next.claim !== null).toBe(next.status === 'processing');
        process = next;
      }
    }),
  );
});
