import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from './ports/object-store.ts';
import { rangeSource } from './range-source.ts';

const bytes = Buffer.from('0123456789');
const info = { key: 'uploads/a', size: bytes.length, etag: '"e"' };
const never = new AbortController().signal;

function storeOf(read: ObjectStore['read']): Pick<ObjectStore, 'read'> {
  return { read };
}

describe('rangeSource', () => {
  it('reads inclusive ranges of the object as it was seen, and counts them', async () => {
    const asked: unknown[] = [];
    const source = rangeSource(
      storeOf(async (key, range) => {
        asked.push({ key, ...range });
        return Readable.from([bytes.subarray(range.start, range.end + 1)]);
      }),
      info,
    );
    expect(source.size).toBe(10);
    expect(source.bytesRead()).toBe(0);
    expect(String(await buffer(await source.read(2, 4, never)))).toBe('234');
    expect(String(await buffer(await source.read(0, 9, never)))).toBe('0123456789');
    expect(source.bytesRead()).toBe(13);
    expect(asked).toEqual([
      { key: 'uploads/a', start: 2, end: 4, etag: '"e"' },
      { key: 'uploads/a', start: 0, end: 9, etag: '"e"' },
    ]);
  });

  it('counts what flowed before a reader left, and ends the store’s stream with the reader', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(1000));
      },
    });
    const source = rangeSource(
      storeOf(async () => endless),
      { ...info, size: 1e12 },
    );
    const stream = await source.read(0, 1e12 - 1, never);
    const closed = new Promise((resolve) => endless.once('close', resolve));
    for await (const _ of stream) break;
    await closed;
    expect(source.bytesRead()).toBeGreaterThanOrEqual(1000);
    expect(source.bytesRead()).toBeLessThan(1e7);
  });

  it('passes a failure half-way on to the reader', async () => {
    const source = rangeSource(
      storeOf(async () =>
        Readable.from(
          (async function* () {
            yield Buffer.from('01');
            throw new Error('connection lost');
          })(),
        ),
      ),
      info,
    );
    await expect(buffer(await source.read(0, 9, never))).rejects.toThrow('connection lost');
    expect(source.bytesRead()).toBe(2);
  });
});
