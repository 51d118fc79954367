import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { UploadSession } from '../client/index.ts';
import { journalKey, openJournal } from './journal.ts';
import type { Source } from './sources.ts';
import { workshop } from './testing/world.ts';

const SESSION: UploadSession = {
  file_id: '5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11',
  idempotency_key: 'key',
  upload: { kind: 'multipart', part_size: 5, part_count: 3 },
};

let shop: Awaited<ReturnType<typeof workshop>>;
beforeEach(async () => {
  shop = await workshop();
});
afterEach(() => shop.remove());

test('what was kept is found by a later process, until it is forgotten', async () => {
  const journal = await openJournal(shop.home);
  await journal.keep('a', SESSION);
  await journal.keep('b', { ...SESSION, upload: { kind: 'single' } });
  expect(await (await openJournal(shop.home)).find('a')).toEqual(SESSION);
  await journal.forget('a');
  expect(await journal.find('a')).toBeUndefined();
  expect(await journal.find('b')).toMatchObject({ upload: { kind: 'single' } });
});

test.each(['', '{', '{"file_id":"../../etc/passwd"}', 'null'])('a damaged entry (%j) is none', async (text) => {
  await mkdir(shop.at('home', 'uploads'), { recursive: true });
  await writeFile(shop.at('home', 'uploads', 'a.json'), text);
  expect(await (await openJournal(shop.home)).find('a')).toBeUndefined();
});

test('what nobody came back for in a week is forgotten', async () => {
  const journal = await openJournal(shop.home);
  await journal.keep('old', SESSION);
  await journal.keep('new', SESSION);
  const longAgo = Date.now() / 1000 - 8 * 24 * 3600;
  await utimes(shop.at('home', 'uploads', 'old.json'), longAgo, longAgo);
  await openJournal(shop.home);
  expect(await readdir(shop.at('home', 'uploads'))).toEqual(['new.json']);
});

test('another file, version of it, server or profile is another work', () => {
  const source: Source = { label: 'a', path: '/a', real: '/a', size: 1, mtimeMs: 2, contentType: 'video/mp4' };
  const keys = [
    journalKey(source, 'http://one', 'classic'),
    journalKey({ ...source, real: '/b' }, 'http://one', 'classic'),
    journalKey({ ...source, size: 2 }, 'http://one', 'classic'),
    journalKey({ ...source, mtimeMs: 3 }, 'http://one', 'classic'),
    journalKey(source, 'http://two', 'classic'),
    journalKey(source, 'http://one', 'other'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(journalKey({ ...source, label: './a' }, 'http://one', 'classic')).toBe(keys[0]);
});
