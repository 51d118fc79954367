import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { boundsOf } from './bounds.ts';
import { lastPicture } from './last-picture.ts';

const { signal } = new AbortController();
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'last-picture-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What a program that does this says in place of ffprobe. */
async function told(code: string, wallSeconds = 30) {
  const program = join(folder, 'ffprobe');
  await writeFile(program, `#!${process.execPath}\n${code}\n`);
  await chmod(program, 0o755);
  return lastPicture(program, { args: [], index: 0 }, 1, signal, { ...boundsOf('look'), wallSeconds });
}

it('is the one that is shown last, not the one that lies last', async () => {
  expect(await told("console.log('1.0,0.5\\n3.0,2.5\\n2.0,N/A\\n\\n')")).toEqual({ at: 3, lasts: 2.5 });
  expect(await told("console.log('1.0,N/A')")).toEqual({ at: 1, lasts: 0 });
  expect(await told('')).toBeUndefined();
});

it('is not looked for at any price: keyframes may lie hours apart', async () => {
  expect(await told('setInterval(() => {}, 1000)', 0.5)).toBeUndefined();
  expect(await told("process.stdout.write('1,1\\n'.repeat(2_000_000))")).toBeUndefined();
});
