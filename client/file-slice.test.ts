import { mkdtemp, open, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClient, fileAt } from './node.ts';
import { hangUp, startServer } from './testing/server.ts';

const GiB = 1024 ** 3;

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelight-file-'));
  path = join(folder, 'a.mp4');
});
afterEach(() => rm(folder, { recursive: true }));

/** It has holes, and takes next to nothing of the disk. */
async function write(size: number, marks: Record<number, string>): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(size);
  for (const [at, text] of Object.entries(marks)) await file.write(text, Number(at));
  await file.close();
}

test.each([1, 2, 3, 4, 5])('a file of more than %d GiB has its length, and its bytes where they are', async (count) => {
  const at = count * GiB - 2;
  await write(at + 100, { [at]: 'mark' });
  const file = await fileAt(path);
  expect(file.size).toBe(at + 100);
  expect(await file.slice(at, at + 4).text()).toBe('mark');
  const end = file.slice(at + 2, file.size);
  expect([end.size, (await end.text()).slice(0, 3)]).toEqual([98, 'rk\0']);
});

test('a slice of a slice begins within it, and ends with it', async () => {
  await writeFile(path, '0123456789');
  const part = (await fileAt(path)).slice(2, 8);
  const texts = [part.slice(), part.slice(1, 3), part.slice(4, 99), part.slice(99), part.slice(3, 1)].map((each) =>
    each.text(),
  );
  expect(await Promise.all(texts)).toEqual(['234567', '34', '67', '', '']);
});

test('more than is read at once comes whole', async () => {
  const text = 'abcdefg'.repeat(50_000);
  await writeFile(path, text);
  expect(await (await fileAt(path)).slice(0, text.length).text()).toBe(text);
});

test('what cannot be read is known from the beginning', async () => {
  await expect(fileAt(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each([
  ['longer', () => writeFile(path, 'longer than before')],
  ['shorter', () => writeFile(path, '')],
  ['another of the same length', () => writeFile(path, 'xxx').then(() => utimes(path, 1, 1))],
  ['gone', () => rm(path)],
])('a file that is %s by the time it is sent is a FileError', async (_, change) => {
  await writeFile(path, 'abc');
  const server = await startServer();
  const client = createClient({ baseUrl: server.base, clientId: 'tester', timing: { retryMs: 5 } });
  server.trouble(/PUT/, 99, hangUp);
  const onStart = change;
  await expect(client.upload(await fileAt(path), { onStart })).rejects.toMatchObject({ code: 'file_changed' });
  await server.stop();
});
