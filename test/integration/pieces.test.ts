import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { createDocumentClient } from '../../adapters/dynamodb/client.ts';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { createS3Client } from '../../adapters/s3/client.ts';
import { inspect, timesIn } from '../clips.ts';
import { talkTo } from '../talk.ts';
import { encoders, kill } from './parts.ts';

/* A long video on two workers: cut, made by piece, put together, whatever happens to them. */

// Minutes of encoding, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

const exec = promisify(execFile);
const reelight = talkTo(inject('base'));
const outputs = inject('outputs');
const client = `pieces-${process.pid}`;
const s3 = createS3Client();
const rows = createDocumentClient();
/** Seconds: four or five chunks. */
const LONG = 45;
const RATE = 25;

let folder: string;
let long: Uint8Array<ArrayBuffer>;
let short: Uint8Array<ArrayBuffer>;
/** Of the result that nobody disturbed. */
let undisturbed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelight-pieces-'));
  const path = join(folder, 'long.mp4');
  const { ffmpeg } = findFfmpeg();
  await exec(ffmpeg, [
    ...['-v', 'error', '-y', '-stream_loop', '-1', '-i', 'examples/big-buck-bunny.mp4'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=300', '-map', '0:v', '-map', '1:a', '-t', String(LONG)],
    ...['-vf', `scale=640:360,fps=${RATE}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-c:a', 'aac', path],
  ]);
  long = new Uint8Array(await readFile(path));
  short = new Uint8Array(await readFile('examples/big-buck-bunny.mp4'));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const progressOf = (id: string) => async () => (await reelight.video(id)).processes.video_enhancement.progress;
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function download(id: string): Promise<Uint8Array> {
  const response = await fetch(`${reelight.base}/processed_videos/${id}`);
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

async function left(id: string): Promise<{ objects: string[]; pieces: string[] }> {
  const list = new ListObjectsV2Command({ Bucket: outputs.FilesBucket, Prefix: `attempts/${id}/` });
  const query = new QueryCommand({
    TableName: outputs.TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': `PIECES#${id}` },
  });
  const [objects, pieces] = await Promise.all([s3.send(list), rows.send(query)]);
  return {
    objects: (objects.Contents ?? []).map(({ Key }) => String(Key)),
    pieces: (pieces.Items ?? []).map(({ sk }) => String(sk)),
  };
}
const NOTHING = { objects: [], pieces: [] };

it('comes out whole and streamable, with its sound, and leaves nothing behind', async () => {
  const id = await reelight.send(long, client);
  await expect.poll(() => encoders().length, { timeout: 90_000, interval: 50 }).toBeGreaterThanOrEqual(2);
  const done = await reelight.ended(id, 220_000);
  expect(done.processes.video_enhancement).toMatchObject({ status: 'completed', failures: 0, claims: 2 });
  const bytes = await download(id);
  undisturbed = sha(bytes);
  const path = join(folder, 'done.mp4');
  await writeFile(path, bytes);
  expect(await timesIn(path)).toHaveLength(LONG * RATE);
  const { streams } = await inspect(path);
  expect(streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'aac']);
  expect(Math.abs(Number(streams[0]?.start_time) - Number(streams[1]?.start_time))).toBeLessThan(1 / RATE);
  const text = Buffer.from(bytes).toString('latin1');
  expect(text.indexOf('moov')).toBeLessThan(text.indexOf('mdat'));
  await expect.poll(() => left(id), { timeout: 5_000 }).toEqual(NOTHING);
  expect((await fetch(`${reelight.base}/source_videos/${id}`)).status).toBe(200);
  expect((await fetch(`${reelight.base}/posters/${id}`)).status).toBe(200);
});

it('is the same to the byte when its workers are killed in the middle', async () => {
  const id = await reelight.send(long, client);
  await expect.poll(progressOf(id), { timeout: 120_000 }).toBeGreaterThan(20);
  kill(/^worker/);
  expect(await reelight.ended(id, 220_000)).toMatchObject({ status: 'completed' });
  expect(sha(await download(id))).toBe(undisturbed);
  await expect.poll(() => left(id), { timeout: 5_000 }).toEqual(NOTHING);
});

it('lets a short one that came later go first', async () => {
  const first = await reelight.send(long, client);
  await expect.poll(progressOf(first), { timeout: 120_000 }).toBeGreaterThan(5);
  const second = await reelight.send(short, client);
  expect(await reelight.ended(second, 220_000)).toMatchObject({ status: 'completed' });
  const behind = await reelight.video(first);
  expect(behind.processes.video_enhancement.status).toBe('processing');
  expect(await reelight.ended(first, 220_000)).toMatchObject({ status: 'completed' });
});

it('stops everywhere when it is cancelled, and leaves nothing', async () => {
  const id = await reelight.send(long, client);
  await expect.poll(progressOf(id), { timeout: 120_000 }).toBeGreaterThan(20);
  expect((await fetch(`${reelight.base}/videos/${id}/cancel`, { method: 'POST' })).status).toBe(202);
  await expect.poll(encoders, { timeout: 3_000 }).toEqual([]);
  await expect.poll(() => left(id), { timeout: 10_000 }).toEqual(NOTHING);
  expect((await reelight.video(id)).status).toBe('cancelled');
  expect((await fetch(`${reelight.base}/processed_videos/${id}`)).status).toBe(404);
});
