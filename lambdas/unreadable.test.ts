import type { Context, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Image, ImageValue } from '../adapters/dynamodb/row.ts';
import { sourceKey } from '../core/keys.ts';
import type { TaskMessage } from '../core/messages.ts';
import { receiveSource } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { handler as dispatch } from './dispatch/index.ts';
import { handler as extract } from './metadata/index.ts';
import { handler as notify } from './notify/index.ts';

/*
 * What nobody can read is neither lost nor in the way: it is parked, or given again until it is put aside, and what came
 * with it is done nevertheless.
 */

type World = ReturnType<typeof twins>;
const now = vi.hoisted(() => ({}) as { world: World });

vi.mock('../adapters/from-environment.ts', () => {
  /** The world of the test that runs; functions are made once. */
  const port = (name: string) =>
    new Proxy({}, { get: (_, member) => Reflect.get(Reflect.get(now.world.ports, name), member) });
  const table = { videos: port('videos'), connections: port('connections') };
  return {
    table: () => table,
    buckets: () => ({ uploads: port('uploads'), files: port('files') }),
    lazyBroker: () => async () => now.world.ports.tasks,
    audience: () => port('audience'),
    functionLog: () => port('log'),
    functionMeter: () => ({ taken: () => now.world.taken, during: (task: () => unknown) => task() }),
    now: () => now.world.ports.now(),
  };
});

beforeEach(() => {
  now.world = twins();
});

const { file_id, trace } = aVideo();
const key = sourceKey(file_id);
const arrive = async () => {
  await now.world.ports.videos.create(aVideo());
  await now.world.ports.uploads.write(key, 'movie', { contentType: 'video/mp4' });
};

describe('a batch of tasks', () => {
  const task: TaskMessage = { v: 1, type: 'video.extract-metadata', file_id, attempt: 1, trace };
  const unreadable = ['no JSON', '', '\u0000\u00ff', '[]', JSON.stringify({ ...task, v: 2 })];
  const batch = (bodies: string[]) => ({
    eventSource: 'aws:rmq' as const,
    eventSourceArn: 'arn',
    rmqMessagesByQueue: {
      'reelight.metadata::/': bodies.map((body) => ({
        data: Buffer.from(body).toString('base64'),
        redelivered: false,
      })),
    },
  });
  const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 } as Context;

  it('has parked, as it came, what is no task, and is not given again for it', async () => {
    await extract(batch([...unreadable, JSON.stringify(task)]), context);
    const { parked } = now.world.recorded;
    expect(parked.map(({ body }) => body)).toEqual(unreadable);
    expect(new Set(parked.map(({ queue, reason }) => `${queue}: ${reason}`))).toEqual(
      new Set(['metadata: not a task message']),
    );
  });

  it('is given again where that could not be parked', async () => {
    now.world.recorded.breakWith(new Error('the broker is down'));
    await expect(extract(batch(['no JSON', JSON.stringify(task)]), context)).rejects.toThrow('1 of 2 tasks');
  });
});

describe('what S3 says', () => {
  const said = (bodies: string[]) =>
    dispatch({ Records: bodies.map((body, at) => ({ messageId: `m${at}`, body })) } as SQSEvent);
  const created = (name: string) => JSON.stringify({ Records: [{ s3: { object: { key: name } } }] });

  it('is given again by itself where it cannot be read, until the queue puts it aside', async () => {
    await arrive();
    const bodies = ['no JSON', '[]', '{"Records":[{}]}', created('%'), created(key)];
    expect(await said(bodies)).toEqual({ batchItemFailures: [0, 1, 2, 3].map((at) => ({ itemIdentifier: `m${at}` })) });
    expect(now.world.recorded.published).toMatchObject([{ type: 'video.uploaded', file_id }]);
  });

  it('is over where there is nothing to do: the test of a new setting, an object that is no source', async () => {
    expect(await said(['{"Event":"s3:TestEvent"}', created('uploads/x')])).toEqual({ batchItemFailures: [] });
  });
});

describe('a change of the table', () => {
  const row = (video: object) => imageOf({ ...video, pk: `VIDEO#${file_id}`, sk: 'VIDEO' });
  const uploaded = receiveSource(aVideo(), { key, size: 1, etag: 'e', checksum: null }, new Date());
  const change = (image: object) => ({ eventName: 'MODIFY', dynamodb: { OldImage: row(aVideo()), NewImage: image } });
  const told = (...records: object[]) => notify({ Records: records } as DynamoDBStreamEvent);

  it('is given again where it cannot be read, until the stream puts it aside; those before it were told', async () => {
    const { ports } = now.world;
    const who = { connection_id: 'c', owner: null, client_id: 'somebody' };
    await ports.connections.add({ ...who, connected_at: ports.now().toISOString() });
    ports.audience.open('c');
    await expect(told(change(row(uploaded)), change(row({ v: 2 })))).rejects.toMatchObject({ code: 'invalid_row' });
    expect(ports.audience.told('c')).toMatchObject([{ type: 'upload_status', file_id }]);
  });

  it('is nobody’s business where it is of another kind of row, or a removal', async () => {
    await told(
      { eventName: 'INSERT', dynamodb: { NewImage: imageOf({ pk: 'X', sk: 'Y' }) } },
      { eventName: 'REMOVE', dynamodb: {} },
    );
  });
});

/** As DynamoDB writes a row down. */
function imageOf(row: object): Image {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asImage(value)]));
}

function asImage(value: unknown): ImageValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  return value ? { M: imageOf(value) } : { NULL: true };
}
