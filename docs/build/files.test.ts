import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { asyncApi } from './asyncapi.ts';
import { documents } from './files.ts';

const root = resolve(import.meta.dirname, '..', '..');
const made = await documents();

it.each(Object.keys(made))('%s is what the schemas say today (npm run docs writes it)', async (path) => {
  expect(await readFile(join(root, path), 'utf8')).toBe(made[path]);
});

it('tells of every call, and of every message of the WebSocket', () => {
  const text = made['API.md'] ?? '';
  for (const heading of ['`POST /upload`', '`POST /videos/{file_id}/retry`', '`GET /metadata/{file_id}.json`']) {
    expect(text).toContain(`### ${heading}`);
  }
  for (const type of ['connection', 'upload_status', 'status_update', 'pong']) expect(text).toContain(`"${type}"`);
  expect(text).not.toMatch(/undefined|\[object/);
});

it('refers to nothing that is not there', () => {
  const document = asyncApi();
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].flatMap(([, path]) => path ?? []);
  expect(refs.length).toBeGreaterThan(5);
  for (const path of refs) {
    const found = path
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
    expect(found, path).toBeDefined();
  }
});
