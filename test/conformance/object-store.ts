import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ObjectConflict } from '../../core/errors.ts';
import type { ObjectInfo, ObjectStore } from '../../core/ports/object-store.ts';

const MiB = 1024 * 1024;
const VIDEO = { contentType: 'video/mp4', cacheControl: 'public, max-age=0' };
const TEXT = { contentType: 'text/plain' };

export interface ObjectStoreRig {
  /** Writes and copies in parts from `MiB * 5` on. */
  store: ObjectStore;
  /** Another bucket of the same service. */
  other: ObjectStore;
  /** Keys of multipart uploads that were neither completed nor aborted. */
  unfinished(): Promise<string[]>;
}

/**
 * What every object store must do. The bucket may be shared with others: each test has a folder of its own.
 *
 * @param runs - how many random ranges to try
 */
export function objectStoreConformance(open: () => ObjectStoreRig, { runs = 100 } = {}): void {
  let store: ObjectStore;
  let rig: ObjectStoreRig;
  let folder: string;
  beforeEach(() => {
    rig = open();
    store = rig.store;
    folder = `test/${randomUUID()}`;
  });

  const bytesOf = async (key: string, start: number, end: number) => buffer(await store.read(key, { start, end }));
  const whole = async (info: ObjectInfo) => bytesOf(info.key, 0, info.size - 1);
  const leftBehind = async () => (await rig.unfinished()).filter((key) => key.startsWith(folder));
  const conflict = (code: string) => expect.objectContaining({ code, name: 'ObjectConflict', retryable: false });
  /** Lends a local file with these bytes. */
  async function withFile<T>(bytes: Buffer, use: (path: string) => Promise<T>): Promise<T> {
    const directory = await mkdtemp(join(tmpdir(), 'reelight-objects-'));
    try {
      await writeFile(join(directory, 'file'), bytes);
      return await use(join(directory, 'file'));
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  describe('write and head', () => {
    it('says the same when writing and when looking', async () => {
      const key = `${folder}/ä b+c&d/%41?.json`;
      const written = await store.write(key, 'ünïcode', TEXT);
      expect(written).toMatchObject({ key, size: 9, content_type: 'text/plain' });
      expect(written.etag).toMatch(/^".+"$/);
      expect(written.checksum).toMatch(/^[A-Z0-9]+:[A-Za-z0-9+/]+=*$/);
      expect(await store.head(key)).toEqual(written);
      expect(String(await whole(written))).toBe('ünïcode');
    });

    it('knows no object that is not there', async () => {
      expect(await store.head(`${folder}/none`)).toBeUndefined();
    });

    it('holds empty objects', async () => {
      const written = await store.write(`${folder}/empty`, '', TEXT);
      expect(await store.head(written.key)).toEqual(written);
      expect(written.size).toBe(0);
    });

    it('overwrites without a condition', async () => {
      const key = `${folder}/a`;
      const first = await store.write(key, 'first', TEXT);
      const second = await store.write(key, 'second', VIDEO);
      expect(second.etag).not.toBe(first.etag);
      expect(await store.head(key)).toEqual(second);
    });

    it('writes only where nothing is', async () => {
      const key = `${folder}/a`;
      const first = await store.write(key, 'first', TEXT, { absent: true });
      await expect(store.write(key, 'second', TEXT, { absent: true })).rejects.toThrow(conflict('precondition_failed'));
      expect(await store.head(key)).toEqual(first);
    });

    it('writes only over what was seen, with or without quotes', async () => {
      const key = `${folder}/a`;
      const first = await store.write(key, 'first', TEXT);
      const second = await store.write(key, 'second', TEXT, { etag: first.etag });
      await expect(store.write(key, 'x', TEXT, { etag: first.etag })).rejects.toThrow(conflict('precondition_failed'));
      expect(await store.head(key)).toEqual(second);
      await store.write(key, 'third', TEXT, { etag: second.etag.replaceAll('"', '') });
      await store.remove(key);
      await expect(store.write(key, 'x', TEXT, { etag: second.etag })).rejects.toThrow(conflict('precondition_failed'));
      expect(await store.head(key)).toBeUndefined();
    });

    it('lets one of many win', async () => {
      const key = `${folder}/race`;
      const writes = await Promise.allSettled(
        Array.from({ length: 6 }, (_, index) => store.write(key, `writer ${index}`, TEXT, { absent: true })),
      );
      const [winner, ...others] = writes.filter(({ status }) => status === 'fulfilled');
      expect(others).toEqual([]);
      expect(winner).toMatchObject({ value: await store.head(key) });
      for (const write of writes) {
        if (write.status === 'rejected') expect(write.reason).toEqual(conflict('precondition_failed'));
      }
    });
  });

  describe('read', () => {
    const bytes = randomBytes(300_000);

    it('reads any range, first and last byte included', async () => {
      const { key, size, etag } = await store.write(`${folder}/a`, bytes, VIDEO);
      expect(await bytesOf(key, 0, 0)).toEqual(bytes.subarray(0, 1));
      expect(await bytesOf(key, size - 1, size - 1)).toEqual(bytes.subarray(-1));
      expect((await bytesOf(key, 0, size - 1)).equals(bytes)).toBe(true);
      await fc.assert(
        fc.asyncProperty(fc.nat(size - 1), fc.nat(size - 1), async (a, b) => {
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          const read = await buffer(await store.read(key, { start, end, etag }));
          expect(read.equals(bytes.subarray(start, end + 1)), `bytes ${start} to ${end}`).toBe(true);
        }),
        { numRuns: runs },
      );
    });

    it('ends where the object ends, and refuses to begin behind it', async () => {
      const { key, size } = await store.write(`${folder}/a`, bytes, VIDEO);
      expect(await bytesOf(key, size - 10, size + 1000)).toEqual(bytes.subarray(-10));
      await expect(bytesOf(key, size, size + 10)).rejects.toThrow(conflict('invalid_range'));
      const empty = await store.write(`${folder}/empty`, '', VIDEO);
      await expect(bytesOf(empty.key, 0, 0)).rejects.toThrow(conflict('invalid_range'));
    });

    it('refuses another object than the one that was seen, and one that is gone', async () => {
      const key = `${folder}/a`;
      const { etag } = await store.write(key, bytes, VIDEO);
      await store.write(key, 'other', VIDEO);
      await expect(store.read(key, { start: 0, end: 1, etag })).rejects.toThrow(conflict('object_changed'));
      await store.remove(key);
      await expect(store.read(key, { start: 0, end: 1, etag })).rejects.toThrow(conflict('object_gone'));
      await expect(store.read(key, { start: 0, end: 1 })).rejects.toThrow(conflict('object_gone'));
    });

    it('stops when told to', async () => {
      const { key, size } = await store.write(`${folder}/a`, bytes, VIDEO);
      const stop = new AbortController();
      const stream = await store.read(key, { start: 0, end: size - 1 }, stop.signal);
      const reading = (async () => {
        for await (const _ of stream) stop.abort();
      })();
      await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
      expect(stream.destroyed).toBe(true);
      await expect(store.read(key, { start: 0, end: 1 }, AbortSignal.abort())).rejects.toMatchObject({
        name: 'AbortError',
      });
    });
  });

  describe('writeFile', () => {
    it.each([
      ['empty', 0],
      ['one byte', 1],
      ['exactly one part', 5 * MiB],
      ['a byte more than a part', 5 * MiB + 1],
      ['eleven parts', 50 * MiB + 7],
    ])('sends a file: %s', async (_, size) => {
      const bytes = randomBytes(size);
      const written = await withFile(bytes, (path) => store.writeFile(`${folder}/file`, path, VIDEO));
      expect(written).toMatchObject({ key: `${folder}/file`, size, content_type: 'video/mp4' });
      expect(await store.head(written.key)).toEqual(written);
      if (size > 0) expect((await whole(written)).equals(bytes)).toBe(true);
    });

    it('leaves nothing behind when told to stop, before and in the middle', async () => {
      await withFile(randomBytes(31 * MiB), async (path) => {
        for (const after of [0, 5, 50]) {
          const sending = store.writeFile(`${folder}/file`, path, VIDEO, AbortSignal.timeout(after));
          const failure = await sending.then(
            () => 'sent',
            (error: Error) => error.name,
          );
          if (failure === 'sent') await store.remove(`${folder}/file`);
          else expect(failure).toMatch(/AbortError|TimeoutError/);
          expect(await store.head(`${folder}/file`)).toBeUndefined();
          expect(await leftBehind()).toEqual([]);
        }
      });
    });

    it('fails on a file that is not there', async () => {
      await expect(store.writeFile(`${folder}/file`, '/no/such/file', VIDEO)).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await store.head(`${folder}/file`)).toBeUndefined();
    });
  });

  describe('copy', () => {
    const large = randomBytes(12 * MiB + 5);

    it.each([
      ['empty', Buffer.alloc(0)],
      ['small', Buffer.from('small')],
      ['of several parts', large],
    ])('copies the bytes and not the metadata: %s', async (_, bytes) => {
      const source = await store.write(`${folder}/from +ä%`, bytes, TEXT);
      const copy = await store.copy(source.key, `${folder}/to`, VIDEO, { absent: true });
      expect(copy).toMatchObject({ key: `${folder}/to`, size: bytes.length, content_type: 'video/mp4' });
      expect(await store.head(copy.key)).toEqual(copy);
      if (bytes.length > 0) expect((await whole(copy)).equals(bytes)).toBe(true);
      expect(await store.head(source.key)).toEqual(source);
    });

    it.each([
      ['small', Buffer.from('small')],
      ['of several parts', large],
    ])('copies only over what was seen, and leaves nothing behind: %s', async (_, bytes) => {
      const source = await store.write(`${folder}/from`, bytes, TEXT);
      const old = await store.write(`${folder}/to`, 'old', TEXT);
      const refused = conflict('precondition_failed');
      await expect(store.copy(source.key, old.key, VIDEO, { absent: true })).rejects.toThrow(refused);
      const copy = await store.copy(source.key, old.key, VIDEO, { etag: old.etag });
      await expect(store.copy(source.key, old.key, VIDEO, { etag: old.etag })).rejects.toThrow(refused);
      expect(await store.head(old.key)).toEqual(copy);
      await expect(store.copy(source.key, `${folder}/none`, VIDEO, { etag: old.etag })).rejects.toThrow(refused);
      expect(await store.head(`${folder}/none`)).toBeUndefined();
      expect(await leftBehind()).toEqual([]);
    });

    it('needs something to copy', async () => {
      const copying = store.copy(`${folder}/none`, `${folder}/to`, VIDEO, { absent: true });
      await expect(copying).rejects.toThrow(conflict('object_gone'));
    });

    it.each([
      ['nothing', undefined],
      ['the same object', 'old'],
    ])('lets one of many win over %s', async (_, before) => {
      const to = `${folder}/to`;
      const seen = before === undefined ? undefined : await store.write(to, before, TEXT);
      const sources = await Promise.all(
        Array.from({ length: 5 }, (_, index) => store.write(`${folder}/${index}`, `source ${index}`, TEXT)),
      );
      const copies = await Promise.allSettled(
        sources.map(({ key }) => store.copy(key, to, VIDEO, seen ? { etag: seen.etag } : { absent: true })),
      );
      const winners = copies.flatMap((copy) => (copy.status === 'fulfilled' ? [copy.value] : []));
      expect(winners).toEqual([await store.head(to)]);
      const losers = copies.flatMap((copy) => (copy.status === 'rejected' ? [copy.reason] : []));
      for (const reason of losers) expect(reason).toBeInstanceOf(ObjectConflict);
      expect(losers.map(({ code }) => code)).toEqual(losers.map(() => 'precondition_failed'));
      expect(await leftBehind()).toEqual([]);
    });
  });

  describe('copyFrom', () => {
    const large = randomBytes(6 * MiB + 5);
    const held = async (bytes: Buffer | string) => {
      const { bucket } = rig.other;
      return { bucket, ...(await rig.other.write(`${folder}/from +ä%`, bytes, TEXT)) };
    };

    it.each([
      ['empty', Buffer.alloc(0)],
      ['small', Buffer.from('small')],
      ['of several parts', large],
    ])('copies the bytes of another bucket: %s', async (_, bytes) => {
      const source = await held(bytes);
      const copy = await store.copyFrom(source, `${folder}/to`, VIDEO, { absent: true });
      expect(copy).toMatchObject({ key: `${folder}/to`, size: bytes.length, content_type: 'video/mp4' });
      expect(await store.head(copy.key)).toEqual(copy);
      if (bytes.length > 0) expect((await whole(copy)).equals(bytes)).toBe(true);
      expect(await store.head(source.key)).toBeUndefined();
    });

    it('copies only over what was seen, and leaves nothing behind', async () => {
      const source = await held(large);
      const old = await store.write(`${folder}/to`, 'old', TEXT);
      const copying = store.copyFrom(source, old.key, VIDEO, { absent: true });
      await expect(copying).rejects.toThrow(conflict('precondition_failed'));
      expect(await store.head(old.key)).toEqual(old);
      await store.copyFrom({ ...source, etag: source.etag.replaceAll('"', '') }, old.key, VIDEO, { etag: old.etag });
      expect(await store.head(old.key)).toMatchObject({ size: large.length });
      expect(await leftBehind()).toEqual([]);
    });

    it('copies no other object than the one that was seen, and none that is gone', async () => {
      const source = await held('first');
      await rig.other.write(source.key, 'other', TEXT);
      const copy = () => store.copyFrom(source, `${folder}/to`, VIDEO, { absent: true });
      await expect(copy()).rejects.toThrow(conflict('object_changed'));
      await rig.other.remove(source.key);
      await expect(copy()).rejects.toThrow(conflict('object_gone'));
      expect(await store.head(`${folder}/to`)).toBeUndefined();
      expect(await leftBehind()).toEqual([]);
    });

    it('leaves nothing behind when told to stop', async () => {
      const source = await held(large);
      const copying = store.copyFrom(source, `${folder}/to`, VIDEO, { absent: true }, AbortSignal.abort());
      await expect(copying).rejects.toMatchObject({ name: 'AbortError' });
      expect(await store.head(`${folder}/to`)).toBeUndefined();
      expect(await leftBehind()).toEqual([]);
    });
  });

  describe('remove', () => {
    it('removes one object, twice without an error', async () => {
      const [a, b] = [await store.write(`${folder}/a`, 'a', TEXT), await store.write(`${folder}/b`, 'b', TEXT)];
      await store.remove(a.key);
      await store.remove(a.key);
      expect(await store.head(a.key)).toBeUndefined();
      expect(await store.head(b.key)).toEqual(b);
    });

    it('removes everything below a prefix and nothing beside it', async () => {
      const beside = await store.write(`${folder}-beside`, 'x', TEXT);
      const below = ['a', 'a/b', 'ä +?%<&>"', 'z\n'].map((name) => `${folder}/${name}`);
      for (const key of below) await store.write(key, 'x', TEXT);
      await store.removeAll(`${folder}/`);
      for (const key of below) expect(await store.head(key), key).toBeUndefined();
      expect(await store.head(beside.key)).toEqual(beside);
      await store.removeAll(`${folder}/`);
    });

    it('does not empty a bucket by accident', async () => {
      const kept = await store.write(`${folder}/a`, 'a', TEXT);
      await expect(store.removeAll('')).rejects.toThrow(RangeError);
      expect(await store.head(kept.key)).toEqual(kept);
    });
  });
}
