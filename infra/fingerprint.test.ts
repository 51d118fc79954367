import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';

let root: string;
const put = (path: string, content: string) => writeFile(join(root, path), content);
const now = (text?: string) => fingerprint(root, ['sources', 'lock.json'], text);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fingerprint-'));
  await mkdir(join(root, 'sources', 'deep'), { recursive: true });
  await put('sources/a.ts', 'a');
  await put('sources/deep/b.ts', 'b');
  await put('lock.json', '{}');
});
afterEach(() => rm(root, { recursive: true }));

describe('fingerprint', () => {
  it('stays while nothing changes, wherever the tree is', async () => {
    const before = await now();
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    await put('sources/a.ts', 'a');
    await put('elsewhere.ts', 'x');
    expect(await now()).toBe(before);
  });

  it.each([
    ['content', () => put('sources/deep/b.ts', 'B')],
    ['a new file', () => put('sources/deep/c.ts', '')],
    ['a file less', () => rm(join(root, 'sources/a.ts'))],
    ['a single file', () => put('lock.json', '{ }')],
    [
      'content that moved from one file to the next',
      () => Promise.all([put('sources/a.ts', ''), put('sources/deep/b.ts', 'ab')]),
    ],
  ])('changes with %s', async (_, change) => {
    const before = await now();
    await change();
    expect(await now()).not.toBe(before);
  });

  it('changes with the text', async () => {
    expect(await now('one')).not.toBe(await now('two'));
  });

  it('does not change with tests, nor for what is not there', async () => {
    const before = await now();
    await put('sources/a.test.ts', 'test');
    expect(await now()).toBe(before);
    expect(await fingerprint(root, ['sources', 'lock.json', 'missing'])).toBe(before);
  });
});
