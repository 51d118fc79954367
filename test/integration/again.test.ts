import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, expect, inject, it } from 'vitest';
import { createDocumentClient } from '../../adapters/dynamodb/client.ts';
import { dynamoVideoStore } from '../../adapters/dynamodb/video-store.ts';
import { retryVideo } from '../../core/retry.ts';
import { aVideo } from '../a-video.ts';
import { makeClip } from '../clips.ts';
import { talkTo } from '../talk.ts';
import { emulator } from './emulator.ts';

/* What is worked on once more: because somebody asks, and because the sweeper finds that nobody else will. */

const outputs = inject('outputs');
const reelight = talkTo(inject('base'));
const folder = await mkdtemp(join(tmpdir(), 'again-'));
afterAll(() => rm(folder, { recursive: true }));
const clip = new Uint8Array(await readFile(await makeClip(folder, 'plain.mp4')));
const videos = dynamoVideoStore(createDocumentClient(emulator()), outputs.TableName);
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

const post = (path: string, body: unknown) =>
  fetch(reelight.base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Whose videos these are: nobody's, or where people sign in, those of whoever calls here. */
async function mine(): Promise<string | null> {
  const { file_id } = await reelight.start({ size: 10 });
  const { owner = null } = (await videos.get(file_id)) ?? {};
  await fetch(`${reelight.base}/videos/${file_id}`, { method: 'DELETE' });
  return owner;
}

async function sweep(): Promise<Record<string, number>> {
  const lambda = new LambdaClient(emulator());
  const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: outputs.SweepFunctionName }));
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
  if (FunctionError) throw new Error(JSON.stringify(answer));
  return answer;
}

it('makes a finished video anew when asked, in another profile, and serves the old one until then', async () => {
  const id = await reelight.send(clip, 'again');
  const first = await reelight.ended(id);
  const before = await fetch(`${reelight.base}/processed_videos/${id}`, { method: 'HEAD' });
  const retried = await post(`/videos/${id}/retry`, { profile: 'classic' });
  expect(retried.status).toBe(202);
  expect(await retried.json()).toMatchObject({ attempt: 2, profile: 'classic', outputs: { enhanced: {} } });
  expect((await fetch(`${reelight.base}/processed_videos/${id}`, { method: 'HEAD' })).status).toBe(200);
  const second = await reelight.ended(id);
  expect(second).toMatchObject({ status: 'completed', attempt: 2 });
  expect(second.processes.metadata_extraction.claims).toBe(first.processes.metadata_extraction.claims);
  const after = await fetch(`${reelight.base}/processed_videos/${id}`, { method: 'HEAD' });
  expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
});

it('takes up what was cancelled', async () => {
  const id = await reelight.send(clip, 'again');
  await post(`/videos/${id}/cancel`, {});
  await reelight.until(id, ({ status }) => status === 'cancelled');
  // The bytes may still be on their way to the record.
  await expect.poll(async () => (await post(`/videos/${id}/retry`, {})).status, { timeout: 20_000 }).toBe(202);
  expect(await reelight.ended(id)).toMatchObject({ status: 'completed', attempt: 2 });
});

it('finds, as the sweeper, an attempt that nobody was told of', async () => {
  const id = await reelight.send(clip, 'again');
  await reelight.ended(id);
  // As if the call had died between its two lines: begun, long ago, and never announced.
  await videos.change(id, (video) => retryVideo(video, 'classic', LONG_AGO));
  expect((await sweep()).not_dispatched).toBeGreaterThan(0);
  expect(await reelight.ended(id)).toMatchObject({ status: 'completed', attempt: 2 });
});

it('ends, as the sweeper, an upload that was never finished, and strikes it off', async () => {
  const file_id = randomUUID();
  await videos.create(aVideo({ file_id, owner: await mine() }, LONG_AGO));
  await sweep();
  expect(await reelight.video(file_id)).toMatchObject({
    status: 'failed',
    processes: { video_enhancement: { error: 'The upload was not finished in time: start it again.' } },
  });
  await sweep();
  const left = [];
  for await (const watched of videos.watched()) if (watched.file_id === file_id) left.push(watched);
  expect(left).toEqual([]);
});
