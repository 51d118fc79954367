import { readFile } from 'node:fs/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, inject, it } from 'vitest';
import { talkTo } from '../talk.ts';
import { encoders, isRunning, kill } from './parts.ts';

/* Whatever dies, no accepted video is lost, and nobody has to restart anything by hand. */

const reelight = talkTo(inject('base'));
const outputs = inject('outputs');
const client = `faults-${process.pid}`;
const clip = new Uint8Array(await readFile('examples/big-buck-bunny.mp4'));

const working = (fileId: string) => reelight.until(fileId, ({ processes }) => processes.video_enhancement.progress > 5);

it('finishes a video whose worker is killed in the middle; its FFmpeg dies with it', async () => {
  const id = await reelight.send(clip, client);
  const before = await working(id);
  const encoding = encoders();
  expect(encoding.length).toBeGreaterThan(0);
  kill(/^worker/);
  await expect.poll(() => encoding.filter(isRunning), { timeout: 5_000 }).toEqual([]);
  const done = await reelight.ended(id, 110_000);
  expect(done.processes.video_enhancement).toMatchObject({ status: 'completed', claims: 2, failures: 1 });
  expect(done.processes.video_enhancement.progress).toBeGreaterThan(before.processes.video_enhancement.progress);
});

it('finishes a video when the broker is killed in the middle, and one that is sent while it is away', async () => {
  const first = await reelight.send(clip, client);
  await working(first);
  kill(/^broker/);
  const second = await reelight.send(clip, client);
  for (const id of [first, second]) expect(await reelight.ended(id, 110_000)).toMatchObject({ status: 'completed' });
});

it('finishes a video when the bridge and the edge are killed', async () => {
  const id = await reelight.send(clip, client);
  kill(/^bridge|^edge/);
  await expect
    .poll(
      () =>
        fetch(`${reelight.base}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  expect(await reelight.ended(id, 110_000)).toMatchObject({ status: 'completed' });
});

it('works once on a video whose arrival is announced six times', async () => {
  const id = await reelight.send(clip, client);
  const sqs = new SQSClient({ region: 'us-east-1' });
  const event = {
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { object: { key: `uploads/${id}`, size: clip.length } },
      },
    ],
  };
  const again = () =>
    sqs.send(new SendMessageCommand({ QueueUrl: outputs.SourceQueueUrl, MessageBody: JSON.stringify(event) }));
  await Promise.all([again(), again(), again(), again(), again()]);
  const done = await reelight.ended(id, 110_000);
  expect(done.processes).toMatchObject({
    video_enhancement: { status: 'completed', claims: 1, failures: 0 },
    metadata_extraction: { status: 'completed', claims: 1, failures: 0 },
  });
});

it('tells a client that dropped and came back everything that it missed', async () => {
  const watcher = `${client}-watcher`;
  const before = await reelight.listen(watcher);
  const id = await reelight.send(clip, watcher);
  await before.until(({ process_type, status }) => process_type === 'video_enhancement' && status === 'processing');
  await before.close();
  await reelight.ended(id, 110_000);
  const after = await reelight.listen(watcher);
  const last = await after.until((told) => told.file_id === id && told.process_type === 'video_enhancement');
  expect(last).toMatchObject({ status: 'completed', progress: 100 });
  await after.close();
});

it('stops the encoder of a video that is cancelled, and leaves nothing of it', async () => {
  const id = await reelight.send(clip, client);
  await working(id);
  const encoding = encoders();
  expect(encoding.length).toBeGreaterThan(0);
  const cancelled = await fetch(`${reelight.base}/videos/${id}/cancel`, { method: 'POST' });
  expect(cancelled.status).toBe(202);
  await expect.poll(() => encoding.filter(isRunning), { timeout: 5_000 }).toEqual([]);
  expect((await fetch(`${reelight.base}/processed_videos/${id}`)).status).toBe(404);
  expect((await reelight.video(id)).processes.video_enhancement.status).toBe('cancelled');
});
