import { expect, it } from 'vitest';
import type { z } from 'zod';
import { Greeting, StatusUpdate, UploadStatus } from '../../core/notices.ts';
import examples from '../../lambdas/api/examples.json' with { type: 'json' };
import { Metadata, ProcessState, VideoRecord } from '../../lambdas/api/schemas.ts';
import { asyncApi } from './asyncapi.ts';
import { openApi } from './openapi.ts';

/* A recording that the schemas have outgrown is stale: `npm run docs:examples` makes it anew. */

const { video, enhancement, extraction, metadata, notices } = examples;

it.each<[string, unknown, z.ZodType]>([
  ['the record', video, VideoRecord],
  ['the metadata document', metadata, Metadata],
  ...Object.entries({ ...enhancement }).map<[string, unknown, z.ZodType]>(([name, state]) => [
    `enhancement, ${name}`,
    state,
    ProcessState,
  ]),
  ...Object.entries({ ...extraction }).map<[string, unknown, z.ZodType]>(([name, state]) => [
    `extraction, ${name}`,
    state,
    ProcessState,
  ]),
  ['the greeting', notices.connection, Greeting],
  ['the upload status', notices.upload_status, UploadStatus],
  ['the status update', notices.status_update, StatusUpdate],
])('%s is what the schema says today, with nothing more and nothing less', (_, example, schema) => {
  // What a schema does not know, it leaves out.
  expect(schema.parse(example)).toEqual(example);
});

it('shows each state of a process as what it is', () => {
  for (const states of [enhancement, extraction]) {
    for (const [name, { status }] of Object.entries(states)) expect(status).toBe(name);
  }
});

it('is shown where people read of it, one video in one run everywhere', async () => {
  const { paths } = await openApi();
  const shown = (path: string) => paths[path]?.get?.responses['200']?.content?.['application/json']?.examples ?? {};
  expect(shown('/videos/{file_id}').completed?.value).toEqual(video);
  expect(shown('/metadata/{file_id}.json').completed?.value).toEqual(metadata);
  expect(Object.keys(shown('/internal/video-enhancement-status/{file_id}'))).toEqual(Object.keys(enhancement));
  expect(Object.keys(shown('/internal/metadata-extraction-status/{file_id}'))).toEqual(Object.keys(extraction));
  expect(asyncApi().channels.live.messages.status_update.examples).toEqual([{ payload: notices.status_update }]);
  expect([video, metadata, notices.status_update].map(({ file_id }) => file_id)).toEqual(Array(3).fill(video.file_id));
});

it('gives examples of fields that their own patterns allow', async () => {
  const wrong: string[] = [];
  let checked = 0;
  JSON.stringify(await openApi(), (key, value) => {
    if (typeof value?.pattern === 'string' && typeof value.example === 'string') {
      checked += 1;
      if (!new RegExp(value.pattern).test(value.example)) wrong.push(`${key}: ${value.example}`);
    }
    return value;
  });
  expect(checked).toBeGreaterThan(3);
  expect(wrong).toEqual([]);
});
