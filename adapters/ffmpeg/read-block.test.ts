import { PassThrough, Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { ObjectConflict, TransientError } from '../../core/errors.ts';
import type { RangeSource } from '../../core/ports/index.ts';
import { readBlock } from './read-block.ts';

const BYTES = Buffer.from('abcdefghijklmnopqrstuvwxyz');
const WHOLE = { start: 0, end: BYTES.length - 1 };
const PATIENCE = { retryPauseMs: 1, stallMs: 10_000 };
const signal = new AbortController().signal;

/** A source whose reads break off after `lengths` bytes, one number a read. */
function breaking(...lengths: number[]) {
  const asked: number[] = [];
  const source: RangeSource = {
    size: BYTES.length,
    read: async (start, end) => {
      asked.push(start);
      const length = lengths.shift() ?? Number.POSITIVE_INFINITY;
      return Readable.from(
        (function* () {
          yield BYTES.subarray(start, Math.min(end + 1, start + length));
          if (start + length <= end) throw new Error('connection reset');
        })(),
      );
    },
  };
  return { source, asked };
}

it('goes on from the byte that was reached', async () => {
  const { source, asked } = breaking(4, 10);
  expect(await readBlock(source, WHOLE, signal, PATIENCE)).toEqual(BYTES);
  expect(asked).toEqual([0, 4, 14]);
});

it('gives up when it breaks off too often, as something that may pass', async () => {
  const { source, asked } = breaking(1, 1, 1, 1, 1, 1, 1);
  await expect(readBlock(source, WHOLE, signal, PATIENCE)).rejects.toMatchObject({
    code: 'source_unreadable',
    retryable: true,
  });
  expect(asked).toHaveLength(5);
});

it('does not take an answer that is too short for whole', async () => {
  const short: RangeSource = { size: 26, read: async () => Readable.from([Buffer.from('ab')]) };
  await expect(readBlock(short, WHOLE, signal, PATIENCE)).rejects.toBeInstanceOf(TransientError);
});

it('does not ask again for an object that is another by now', async () => {
  let asked = 0;
  const changed: RangeSource = {
    size: 26,
    read: () => {
      asked++;
      throw new ObjectConflict('object_changed', 'another');
    },
  };
  await expect(readBlock(changed, WHOLE, signal, PATIENCE)).rejects.toMatchObject({ code: 'object_changed' });
  expect(asked).toBe(1);
});

it('takes silence for a broken connection: while opening and in the middle', async () => {
  const silent = new PassThrough();
  const answers = [
    () => new Promise<Readable>(() => {}),
    async () => {
      silent.write(BYTES.subarray(0, 3));
      return silent;
    },
    async () => Readable.from([BYTES.subarray(3)]),
  ];
  const source: RangeSource = { size: 26, read: () => (answers.shift() ?? Promise.reject)() };
  expect(await readBlock(source, WHOLE, signal, { ...PATIENCE, stallMs: 50 })).toEqual(BYTES);
  expect(silent.destroyed).toBe(true);
});

it('ends with its signal, and closes what it read', async () => {
  const stop = new AbortController();
  const endless = new PassThrough();
  const reading = readBlock({ size: 26, read: async () => endless }, WHOLE, stop.signal, PATIENCE);
  await new Promise(setImmediate);
  stop.abort(new Error('told to stop'));
  await expect(reading).rejects.toThrow('told to stop');
  expect(endless.destroyed).toBe(true);
});

it('does not mind that what is opened too late has broken already', async () => {
  const stop = new AbortController();
  const broken = new PassThrough();
  const reading = readBlock({ size: 26, read: () => Promise.resolve(broken) }, WHOLE, stop.signal, PATIENCE);
  stop.abort(new Error('told to stop'));
  await expect(reading).rejects.toThrow('told to stop');
  // An error that nobody listens to would end the process, and this test.
  broken.emit('error', new Error('aborted'));
});
