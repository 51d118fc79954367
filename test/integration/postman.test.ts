import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { talkTo } from '../talk.ts';

/* The Postman collection, whole and in order, by Postman's own runner, as people call it. */

const root = resolve(import.meta.dirname, '..', '..');
const COLLECTION = join(root, 'docs', 'api', 'reelight.postman_collection.json');
const newman = join(createRequire(import.meta.url).resolve('newman/package.json'), '..', 'bin', 'newman.js');
const reelight = talkTo(inject('base'));
const client = `postman-${process.pid}`;

interface Report {
  collection: { item: Folder[] };
  run: {
    stats: Record<'requests' | 'assertions', { total: number; failed: number }>;
    failures: { source?: { name: string }; error: { message: string } }[];
    executions: { item: { name: string }; response?: { code: number } }[];
  };
}
interface Folder {
  name: string;
  item?: Folder[];
}

let report: Report;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'newman-'));
  const to = join(folder, 'report.json');
  const variables = {
    baseUrl: reelight.base,
    client_id: client,
    profile: 'passthrough',
    token: process.env.REELIGHT_TOKEN ?? '',
  };
  const given = Object.entries(variables).flatMap(([name, value]) => ['--env-var', `${name}=${value}`]);
  const reporters = ['--reporters', 'json', '--reporter-json-export', to];
  const line = [newman, 'run', COLLECTION, '--working-dir', root, ...given, ...reporters];
  // Its code says only whether something failed: the report says what.
  await promisify(execFile)(process.execPath, line, { timeout: 110_000 }).catch(() => {});
  report = JSON.parse(await readFile(to, 'utf8'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  const { videos } = await reelight.json<{ videos: { file_id: string }[] }>(`/videos?client_id=${client}`);
  for (const { file_id } of videos) await reelight.call(`/videos/${file_id}`, { method: 'DELETE' });
});

it('passes every check', () => {
  expect(report.run.failures.map(({ source, error }) => `${source?.name}: ${error.message}`)).toEqual([]);
  expect(report.run.stats.assertions.total).toBeGreaterThan(30);
});

it('runs every request', () => {
  const names = ({ name, item }: Folder): string[] => item?.flatMap(names) ?? [name];
  const run = new Set(report.run.executions.map(({ item }) => item.name));
  expect(run).toEqual(new Set(report.collection.item.flatMap(names)));
});
