import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDocumentClient } from '../../adapters/dynamodb/client.ts';
import { dynamoVideoStore } from '../../adapters/dynamodb/video-store.ts';
import { type Broker, connectBroker } from '../../adapters/rabbitmq/broker.ts';
import { silentLog } from '../../core/log.ts';
import { abandon } from '../../core/process.ts';
import { newTrace } from '../../core/trace.ts';
import { changeProcess } from '../../core/video.ts';
import { brokerAddress } from '../../local/broker-address.ts';
import { homeFrom } from '../../local/home.ts';
import { portsFrom } from '../../local/ports.ts';
import { makeClip } from '../clips.ts';
import { talkTo } from '../talk.ts';
import { emulator } from './emulator.ts';

/* What was parked can be looked at, given another chance, and thrown away: the command itself, under its own role. */

const outputs = inject('outputs');
const reelight = talkTo(inject('base'));
const videos = dynamoVideoStore(createDocumentClient(emulator()), outputs.TableName);
let broker: Broker;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parked-'));
  const { url, ...credentials } = brokerAddress(homeFrom(), portsFrom());
  broker = await connectBroker({ url, credentials, name: 'parked test', log: silentLog });
});
afterAll(async () => {
  await broker.close();
  await rm(folder, { recursive: true });
});

const run = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, ['local/parked.ts', ...args])).stdout;

it('lists, discards and replays', async () => {
  expect(await run()).toBe('Nothing is parked.\n');
  const clip = new Uint8Array(await readFile(await makeClip(folder, 'plain.mp4')));
  const id = await reelight.send(clip, 'parked');
  await reelight.ended(id);
  const now = new Date();
  await videos.change(id, (video) =>
    changeProcess(
      video,
      'video_enhancement',
      (process) => abandon({ ...process, status: 'pending' }, REASON, now),
      now,
    ),
  );
  const task = { v: 1, type: 'video.enhance', file_id: id, attempt: 1, trace: newTrace() };
  await broker.park('enhance', Buffer.from(JSON.stringify(task)), 'failed 5 times: disk_full');
  await broker.park('metadata', Buffer.from('garbage'), 'not a task message');

  const list = await run();
  expect(list).toMatch(new RegExp(`${id}  enhance +failed 5 times: disk_full\n`));
  expect(list).toMatch(/unreadable +metadata +not a task message\n/);
  expect(await run()).toBe(list);

  expect(await run('--discard', 'unreadable')).toContain('removed');
  expect(await run('--replay')).toContain(`given again as attempt 2`);
  expect(await run()).toBe('Nothing is parked.\n');
  expect(await reelight.ended(id)).toMatchObject({ status: 'completed', attempt: 2 });
});

const REASON = { code: 'disk_full', message: 'The disk was full.' };
