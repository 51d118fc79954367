import { describe, expect, it } from 'vitest';
import { beginWork, countDone, isWorkDone, newPiece, pieceAnew, piecesOf, shareDone, type Work } from './pieces.ts';
import { claim, complete, type Process } from './process.ts';

const at = new Date('2026-01-01T00:00:00Z');
const plan = 'a'.repeat(32);
const cut = { plan, chunks: 6, sound: true };
const done = (process: Process) => complete(claim(process, 'w', at) as Process, 1, at) as Process;

describe('a piece', () => {
  const { state, ...first } = newPiece({ plan, name: 'chunk-0', attempt: 1 }, at);
  const result = { kind: 'sound', key: 'k', cpu_seconds: 1, wall_seconds: 1, bytes_read: 1, bytes_written: 1 } as const;
  const made = { ...first, seq: 7, state: done(state), result, releases: { from: 2, to: 3, announced: true } };

  it('goes on in the attempt that it is of', () => {
    expect(pieceAnew(made, 1, at)).toBe(made);
  });

  it('begins anew in another, but for whom it has to shut out, and what the store counts', () => {
    const again = pieceAnew(made, 2, at);
    expect(again).toMatchObject({ attempt: 2, seq: 7, result: null, releases: null });
    expect(again.state).toMatchObject({ status: 'pending', fence: 1, claim: null });
  });
});

describe('the pieces that are given out', () => {
  /** How many have been released when each is done, with so many workers by then. */
  function released(workers: number[]): number[] {
    const works = [beginWork(cut, 1)];
    for (const present of workers) works.push(countDone(works.at(-1) as Work, present));
    return works.map((work) => work.released);
  }

  it('are as many as the workers can do, and never fewer when some of those go', () => {
    expect(released([1, 3, 1, 0])).toEqual([2, 3, 8, 8, 8]);
    expect(released([0, 0])).toEqual([2, 3, 4]);
  });

  it('are never more than there are', () => {
    expect(released([1_000])).toEqual([2, piecesOf(cut).length]);
  });
});

it('is done with the last of them, with its sound and the source', () => {
  const work = (finished: number): Work => ({ ...cut, released: 8, done: finished, announced: true });
  expect([7, 8].map((finished) => isWorkDone(work(finished)))).toEqual([false, true]);
});

it('has come as far as the pieces of its plan and attempt', () => {
  const piece = (name: string, of: { plan?: string; attempt?: number } = {}) => {
    const made = newPiece({ plan, name, attempt: 2, ...of }, at);
    return { ...made, state: done(made.state) };
  };
  const others = [piece('chunk-1', { attempt: 1 }), piece('chunk-2', { plan: 'b'.repeat(32) })];
  expect(shareDone(beginWork(cut, 1), [piece('chunk-0'), piece('sound'), ...others], 2)).toBe(2 / 8);
});
