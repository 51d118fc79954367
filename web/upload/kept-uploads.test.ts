import { beforeEach, expect, it } from 'vitest';
import { shelf } from '../testing/shelf.ts';
import { COPIED_IN_LINE, type FileCopies, keptUploads } from './kept-uploads.ts';
import { createSessions, sessionKey } from './sessions.ts';

let storage: Storage;
let kept: Map<string, File>;
/** Copying takes as long as the test says. */
let copied: () => void;
let copying: Promise<void>;
const copies: FileCopies = {
  async keepFile(key, file) {
    await copying;
    kept.set(key, file);
    return true;
  },
  keptFile: async (key) => kept.get(key),
  dropFile: async (key) => void kept.delete(key),
};
beforeEach(() => {
  storage = shelf();
  kept = new Map();
  copying = Promise.resolve();
  copied = () => {};
});

const PLAIN = { profile: 'adaptive', hdr: 'sdr' } as const;
const BEGUN = { ...PLAIN, session: { idempotency_key: 'key' } };
const uploads = (files = copies, lasts = true, owner = '') =>
  keptUploads(
    createSessions(storage, () => owner),
    files,
    lasts,
  );
const file = (name: string, size = 5): File => {
  const made = new File(['12345'], name);
  return Object.defineProperty(made, 'size', { value: size });
};

it('keeps a file from the moment it is chosen, and knows it again after a reload', async () => {
  const before = uploads();
  await before.keep('/a', file('a.mp4'), PLAIN);
  expect(before.isSafe('/a')).toBe(true);
  const after = uploads();
  expect(after.all()).toMatchObject([['/a', { name: 'a.mp4', size: 5, profile: 'adaptive' }]]);
  expect(after.isSafe('/a')).toBe(false);
  expect((await after.file('/a'))?.name).toBe('a.mp4');
  expect(after.isSafe('/a')).toBe(true);
});

it('keeps the order of the line, whatever is learnt of its uploads meanwhile', async () => {
  const before = uploads();
  for (const name of ['/c', '/a', '/b']) await before.keep(name, file(`${name.slice(1)}.mp4`), PLAIN);
  await before.keep('/c', file('c.mp4'), BEGUN);
  const after = uploads();
  await after.keep('/d', file('d.mp4'), PLAIN);
  expect(after.all().map(([key]) => key)).toEqual(['/c', '/a', '/b', '/d']);
});

it('calls nothing safe before its copy is there', async () => {
  copying = new Promise((resolve) => {
    copied = resolve;
  });
  const now = uploads();
  const keeping = now.keep('/a', file('a.mp4'), PLAIN);
  expect(now.isSafe('/a')).toBe(false);
  copied();
  await keeping;
  expect(now.isSafe('/a')).toBe(true);
});

it.each([
  ['the browser makes no copy', { ...copies, keepFile: async () => false }, true, false],
  ['nothing that is kept lasts', copies, false, false],
  ['its storage is full', copies, true, true],
])('calls nothing safe where %s', async (_, files, lasts, full) => {
  storage = shelf(full);
  const now = uploads(files, lasts);
  await now.keep('/a', file('a.mp4'), BEGUN);
  expect(now.isSafe('/a')).toBe(false);
});

it('copies what waits in line up to a limit, and always what is begun', async () => {
  const now = uploads();
  await now.keep('/a', file('a.mp4', COPIED_IN_LINE - 1), PLAIN);
  await now.keep('/b', file('b.mp4', 2), PLAIN);
  expect([now.isSafe('/a'), now.isSafe('/b')]).toEqual([true, false]);
  expect(now.all().map(([key]) => key)).toEqual(['/a', '/b']);
  await now.keep('/b', file('b.mp4', 2), BEGUN);
  expect(now.isSafe('/b')).toBe(true);
  now.drop('/a');
  await now.keep('/c', file('c.mp4', 2), PLAIN);
  expect(now.isSafe('/c')).toBe(true);
});

it('shows nobody what another keeps in the same browser, and leaves that alone', async () => {
  const [ana, ben] = ['ana@example.org', 'ben'].map((name) => uploads(copies, true, name));
  const same = file('a.mp4');
  const [hers, his] = [sessionKey('ana@example.org', same), sessionKey('ben', same)];
  await ana?.keep(hers, same, BEGUN);
  expect(ben?.all()).toEqual([]);
  await ben?.keep(his, same, PLAIN);
  await ben?.dropAll();
  expect(ben?.all()).toEqual([]);
  expect(ana?.all()).toMatchObject([[hers, { session: BEGUN.session }]]);
  expect([...kept.keys()]).toEqual([hers]);
  await ana?.dropAll();
  expect([ana?.all(), [...kept], Object.keys(storage)]).toEqual([[], [], []]);
});

it('forgets what is dropped, its copy too', async () => {
  const now = uploads();
  await now.keep('/a', file('a.mp4'), BEGUN);
  now.drop('/a');
  expect(now.isSafe('/a')).toBe(false);
  expect([now.all(), [...kept]]).toEqual([[], []]);
});
