import { describe, expect, it, vi } from 'vitest';
import { type Blocks, blocksOf } from './blocks.ts';

const BYTES = Buffer.from('abcdefghijklmnopqrstuvwxyz');

const never = new AbortController().signal;

function counted(options: Parameters<typeof blocksOf>[3] = { block: 10, kept: 2 }) {
  const reads: string[] = [];
  const bytes = blocksOf(
    BYTES.length,
    async ({ start, end }) => {
      reads.push(`${start}-${end}`);
      return BYTES.subarray(start, end + 1);
    },
    never,
    options,
  );
  const read = async (start: number, end: number) => {
    let text = '';
    for await (const piece of bytes({ start, end })) text += piece.toString();
    return text;
  };
  return { reads, read };
}

it('gives exactly the range, wherever it begins and ends', async () => {
  for (let start = 0; start < BYTES.length; start++) {
    for (let end = start; end < BYTES.length; end++) {
      expect(await counted().read(start, end)).toBe(BYTES.toString('latin1', start, end + 1));
    }
  }
});

it('reads a block once, also for two that want it at the same time', async () => {
  const { reads, read } = counted();
  expect(await Promise.all([read(3, 5), read(7, 12)])).toEqual(['def', 'hijklm']);
  await read(0, 19);
  expect(reads).toEqual(['0-9', '10-19']);
});

it('keeps only the blocks that were used last', async () => {
  const { reads, read } = counted();
  for (const at of [0, 10, 0, 20, 0, 10]) await read(at, at);
  expect(reads).toEqual(['0-9', '10-19', '20-25', '10-19']);
});

it('does not let what passes by drive out what is come back to', async () => {
  const { reads, read } = counted({ block: 2, kept: 4, passing: { start: 6, end: 25 } });
  await read(0, 3);
  for (let at = 6; at < 26; at += 2) await read(at, at);
  expect(await read(0, 3)).toBe('abcd');
  // And of what passes, the latest is there still.
  expect(await read(22, 25)).toBe('wxyz');
  expect(reads.filter((range) => ['0-1', '2-3', '22-23', '24-25'].includes(range))).toHaveLength(4);
  await read(6, 7);
  expect(reads.filter((range) => range === '6-7')).toHaveLength(2);
});

it('reads ahead for who reads on, ever more at once, and not beyond where they will leave', async () => {
  const size = 60;
  const begun: number[] = [];
  const reads: number[] = [];
  const bytes = blocksOf(
    size,
    async ({ start, end }) => {
      const range = Array.from({ length: end - start + 1 }, (_, n) => start + n);
      begun.push(...range);
      reads.push(range.length);
      return Buffer.from(range);
    },
    never,
    { block: 1 },
  );
  const ahead: number[] = [];
  let at = 0;
  for await (const [value] of bytes({ start: 0, end: size - 1 }, { until: 40 })) {
    expect(value).toBe(at++);
    ahead.push(Math.max(...begun) - (value ?? Number.NaN));
  }
  expect(at).toBe(size);
  expect(begun.toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, n) => n));
  for (const [had, far] of ahead.entries()) expect(far).toBeLessThanOrEqual(Math.min(had >> 1, Math.max(0, 39 - had)));
  expect(ahead[20]).toBeGreaterThanOrEqual(4);
  // What lies before 40 comes in large pieces, what lies behind it block by block.
  expect(Math.max(...reads)).toBeGreaterThanOrEqual(4);
  expect(reads.slice(-20)).toEqual(Array.from({ length: 20 }, () => 1));
  expect(reads.length).toBeLessThan(20 + 20);
});

it('reads no more ahead than memory bears', async () => {
  const block = 2 ** 20;
  let begun = 0;
  let most = 0;
  const bytes = blocksOf(
    40 * block,
    async ({ start, end }) => {
      begun = Math.max(begun, end + 1);
      return Buffer.alloc(end - start + 1);
    },
    never,
    { block },
  );
  let taken = 0;
  for await (const { length } of bytes({ start: 0, end: 40 * block - 1 })) {
    taken += length;
    most = Math.max(most, begun - taken);
  }
  expect(taken).toBe(40 * block);
  expect(most).toBe(4 * block);
});

it('asks for several at once where that is known to be wanted', async () => {
  const reads: string[] = [];
  const bytes = blocksOf(
    60,
    async ({ start, end }) => {
      reads.push(`${start}-${end}`);
      return Buffer.alloc(end - start + 1);
    },
    never,
    { block: 1 },
  );
  await bytes({ start: 10, end: 59 }, { least: 3, until: 12 }).next();
  await bytes({ start: 8, end: 59 }, { least: 3 }).next();
  await bytes({ start: 20, end: 59 }, { least: 3 }).next();
  // Up to where the reader will leave, and up to what is there.
  expect(reads.splice(0)).toEqual(['10-11', '8-9', '20-23']);
  for await (const _ of bytes({ start: 30, end: 39 }, { least: 2, isGlimpse: true }));
  expect(reads).toEqual(['30-30', '31-32', '33-35', '36-38', '39-39']);
});

it('reads a block again that could not be read', async () => {
  let asked = 0;
  const bytes = blocksOf(
    3,
    async () => {
      if (asked++ === 0) throw new Error('not now');
      return Buffer.from('abc');
    },
    never,
  );
  await expect(bytes({ start: 0, end: 2 }).next()).rejects.toThrow('not now');
  expect((await bytes({ start: 1, end: 2 }).next()).value.toString()).toBe('bc');
});

describe('readers of the same', () => {
  /** Two readers, whose blocks come when told to. */
  function pair() {
    const blocks: Blocks = new Map();
    const reads: PromiseWithResolvers<Buffer>[] = [];
    const reader = () => {
      const stop = new AbortController();
      const read = () => {
        const coming = Promise.withResolvers<Buffer>();
        stop.signal.addEventListener('abort', () => coming.reject(stop.signal.reason));
        reads.push(coming);
        return coming.promise;
      };
      const bytes = blocksOf(3, read, stop.signal, { blocks });
      return { stop, next: async () => String((await bytes({ start: 0, end: 2 }).next()).value) };
    };
    return { reads, first: reader(), second: reader() };
  }

  it('share what one of them has read, even after it has left', async () => {
    const { reads, first, second } = pair();
    const reading = first.next();
    reads[0]?.resolve(Buffer.from('abc'));
    await reading;
    first.stop.abort();
    expect(await second.next()).toBe('abc');
    expect(reads).toHaveLength(1);
  });

  it('do not suffer when the one leaves for whom it was being read', async () => {
    const { reads, first, second } = pair();
    const [leaving, staying] = [first.next(), second.next()];
    first.stop.abort(new Error('left'));
    await expect(leaving).rejects.toThrow('left');
    await vi.waitFor(() => expect(reads).toHaveLength(2), { timeout: 10_000 });
    reads[1]?.resolve(Buffer.from('abc'));
    expect(await staying).toBe('abc');
  });

  it('are told of failures alike', async () => {
    const { reads, first, second } = pair();
    const readings = [first.next(), second.next()];
    reads[0]?.reject(new Error('broken'));
    for (const { status } of await Promise.allSettled(readings)) expect(status).toBe('rejected');
  });
});
