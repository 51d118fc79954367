import { randomUUID } from 'node:crypto';
import { GetItemCommand, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDocumentClient } from '../../adapters/dynamodb/client.ts';
import { connectionFromImage, dynamoConnectionStore } from '../../adapters/dynamodb/connection-store.ts';
import { clientConnectionKey, connectionKey, videoKey } from '../../adapters/dynamodb/keys.ts';
import { dynamoTicketStore } from '../../adapters/dynamodb/ticket-store.ts';
import { dynamoVideoStore, videoFromImage } from '../../adapters/dynamodb/video-store.ts';
import { dynamoWorkerBoard } from '../../adapters/dynamodb/worker-board.ts';
import { jsonLog } from '../../core/log.ts';
import type { VideoStore } from '../../core/ports/video-store.ts';
import { Refusal } from '../../core/refusal.ts';
import type { UseLimits } from '../../core/use-limits.ts';
import { cancelVideo, isInFlight, type Video } from '../../core/video.ts';
import { aVideo, nobodys } from '../a-video.ts';
import { connectionStoreConformance } from '../conformance/connection-store.ts';
import { ticketStoreConformance } from '../conformance/ticket-store.ts';
import { useLimitsConformance } from '../conformance/use-limits.ts';
import { videoStoreConformance } from '../conformance/video-store.ts';
import { workerBoardConformance } from '../conformance/worker-board.ts';
import { aClock } from '../twins.ts';
import { emulator, type FreshTable, freshTable } from './emulator.ts';

/* The stores on DynamoDB: what every store must do, and what only this one can get wrong. */

let fresh: FreshTable;
beforeAll(async () => {
  fresh = await freshTable();
});
afterAll(() => fresh.remove());

describe('videos in DynamoDB', () =>
  videoStoreConformance((now) => dynamoVideoStore(fresh.client, fresh.table, now), { runs: 8 }));
describe('use, counted in DynamoDB', () => {
  const tables: FreshTable[] = [];
  afterAll(() => Promise.all(tables.map((table) => table.remove())));
  const open = async (now: () => Date, limits: UseLimits) => {
    const table = await freshTable();
    tables.push(table);
    return dynamoVideoStore(table.client, table.table, now, limits);
  };
  useLimitsConformance(open, { runs: 5 });
});
describe('connections in DynamoDB', () =>
  connectionStoreConformance(() => dynamoConnectionStore(fresh.client, fresh.table)));
describe('tickets in DynamoDB', () =>
  ticketStoreConformance((now) => dynamoTicketStore(fresh.client, fresh.table, now)));
describe('workers in DynamoDB', () => {
  const tables: FreshTable[] = [];
  afterAll(() => Promise.all(tables.map((table) => table.remove())));
  workerBoardConformance(async (now) => {
    const table = await freshTable();
    tables.push(table);
    return dynamoWorkerBoard(table.client, table.table, now);
  });
});

describe('the table', () => {
  let own: FreshTable;
  let videos: VideoStore;
  const clock = aClock();
  beforeAll(async () => {
    own = await freshTable();
    videos = dynamoVideoStore(own.client, own.table, clock.now);
  });
  afterAll(() => own.remove());

  const all = async () => (await own.client.send(new ScanCommand({ TableName: own.table }))).Items ?? [];
  const isCount = ({ pk }: Record<string, unknown>) => String(pk).startsWith('USES');
  const rows = async () => (await all()).filter((row) => !isCount(row));
  const image = async (key: { pk: string; sk: string }) => {
    const Key = { pk: { S: key.pk }, sk: { S: key.sk } };
    return (await own.client.send(new GetItemCommand({ TableName: own.table, Key }))).Item;
  };
  const add = (once?: { key: string; fingerprint: string }) =>
    videos.create(aVideo({ file_id: randomUUID(), upload: UPLOAD }), once);

  it('keeps nothing of a video that was removed, nor of a connection', async () => {
    const connections = dynamoConnectionStore(own.client, own.table, clock.now);
    const video = await add({ key: 'k', fingerprint: 'f' });
    const connection = { connection_id: 'c', owner: null, client_id: 'other', connected_at: clock.now().toISOString() };
    await connections.add(connection);
    for (let index = 0; index < 30; index++) {
      await connections.add({ ...connection, connection_id: `c${index}` });
      await connections.subscribe(`c${index}`, video.file_id);
    }
    await videos.remove(video);
    expect((await rows()).filter(({ pk, sk }) => `${pk} ${sk}`.includes(video.file_id))).toEqual([]);
    await connections.remove('c');
    for (let index = 0; index < 30; index++) await connections.remove(`c${index}`);
    expect(await rows()).toEqual([]);
  });

  it('keeps how much was begun within an hour for that hour, and one count of what is in flight', async () => {
    const video = await add();
    const end = new Date(clock.now());
    end.setUTCMinutes(60, 0, 0);
    const hour = { pk: 'USES#somebody', sk: clock.now().toISOString().slice(0, 13) };
    expect((await all()).filter(isCount)).toContainEqual({
      ...hour,
      used: expect.any(Number),
      expires_at_epoch: end.getTime() / 1000,
    });
    const inFlight = async () => (await all()).find(({ pk }) => pk === 'USES');
    const before = await inFlight();
    expect(before).toEqual({ pk: 'USES', sk: 'IN_FLIGHT', used: expect.any(Number) });
    await videos.remove(video);
    expect((await inFlight())?.used).toBe(before?.used - 1);
  });

  it('lets connections, subscriptions and idempotency keys expire, and counts them no longer when they are late to go', async () => {
    const connections = dynamoConnectionStore(own.client, own.table, clock.now);
    const connection = {
      connection_id: 'late',
      owner: null,
      client_id: 'them',
      connected_at: clock.now().toISOString(),
    };
    await connections.add(connection);
    const video = await add({ key: 'k', fingerprint: 'f' });
    await connections.subscribe('late', video.file_id);
    const at = clock.now().getTime() / 1000;
    const expiries = (await rows()).map(({ sk, expires_at_epoch }) => [
      String(sk).split('#')[0],
      expires_at_epoch - at,
    ]);
    expect(expiries.filter(([, left]) => !Number.isNaN(left)).sort()).toEqual([
      ['CONN', 8100],
      ['CONN', 8100],
      ['ONCE', 86_400],
      ['SUB', 8100],
      ['SUB', 8100],
    ]);
    clock.pass(8_100_000);
    expect(await connections.get('late')).toBeUndefined();
    expect(await connections.subscribe('late', video.file_id)).toBe(false);
    expect(await connections.listeners(nobodys('them'), video.file_id)).toEqual([]);
    await connections.remove('late');
    await videos.remove(video);
    expect(await rows()).toEqual([]);
  });

  it('lets pieces expire with the objects that they speak of, and counts them no longer when they are late to go', async () => {
    const { file_id } = await add();
    const ref = { file_id, plan: 'a'.repeat(32), name: 'chunk-0' };
    const moveOn = () =>
      videos.changePiece(ref, (record) => {
        const { state } = record.piece;
        return { ...record, piece: { ...record.piece, state: { ...state, progress: state.progress + 1 } } };
      });
    await moveOn();
    clock.pass(6 * DAY_MS - 1_000);
    expect(await moveOn()).toMatchObject({ piece: { seq: 2, state: { progress: 2 } } });
    clock.pass(6 * DAY_MS);
    expect(await videos.pieces(file_id)).toEqual([]);
    expect(await moveOn()).toMatchObject({ piece: { seq: 1, state: { progress: 1 } } });
    expect(await videos.pieces(file_id)).toHaveLength(1);
    await videos.remove({ ...aVideo(), file_id });
  });

  it('gives records back from the images of its stream, and from no other row', async () => {
    const video = await add({ key: 'k', fingerprint: 'f' });
    const connections = dynamoConnectionStore(own.client, own.table, clock.now);
    const connection = { connection_id: 'c', owner: null, client_id: 'them', connected_at: clock.now().toISOString() };
    await connections.add(connection);
    expect(videoFromImage(await image(videoKey(video.file_id)))).toEqual(video);
    expect(connectionFromImage(await image(connectionKey('c')))).toEqual(connection);
    // Both rows of a connection are written; one of them greets it.
    expect(connectionFromImage(await image(clientConnectionKey(connection, 'c')))).toBeUndefined();
    const others = (await rows()).filter(({ sk }) => sk !== 'VIDEO');
    for (const { pk, sk } of others) expect(videoFromImage(await image({ pk, sk }))).toBeUndefined();
    expect([videoFromImage(undefined), connectionFromImage(undefined)]).toEqual([undefined, undefined]);
    await videos.remove(video);
    await connections.remove('c');
  });

  async function spoil({ file_id }: Video): Promise<void> {
    const broken = { UpdateExpression: 'SET #size = :x', ExpressionAttributeNames: { '#size': 'size' } };
    const change = { ...broken, ExpressionAttributeValues: { ':x': 'large' } };
    await own.client.send(new UpdateCommand({ TableName: own.table, Key: videoKey(file_id), ...change }));
  }

  it('names the row and the attribute when a record cannot be read', async () => {
    const video = await add();
    await spoil(video);
    const error = await videos.get(video.file_id).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'invalid_row', retryable: false });
    expect(String(error)).toContain(video.file_id);
    expect(String(error)).toContain('size');
    await expect(videos.change(video.file_id, (record) => record)).rejects.toMatchObject({ code: 'invalid_row' });
    await videos.remove(video);
  });

  it('lists what can be read beside what cannot, and logs that', async () => {
    const lines: string[] = [];
    const log = jsonLog((line) => lines.push(line));
    const store = dynamoVideoStore(own.client, own.table, clock.now, undefined, log);
    const client_id = randomUUID();
    const another = () => videos.create(aVideo({ file_id: randomUUID(), client_id, upload: UPLOAD }));
    const [first, spoilt, last] = [await another(), await another(), await another()];
    await spoil(spoilt);
    const ids = (found: Video[]) => found.map(({ file_id }) => file_id).toSorted();
    const { videos: listed } = await store.list(nobodys(client_id), { limit: 5 });
    expect(ids(listed)).toEqual(ids([first, last]));
    expect(ids(await store.recent(nobodys(client_id), new Date(0)))).toEqual(ids([first, last]));
    expect(lines.filter((line) => line.includes(spoilt.file_id) && line.includes('size'))).toHaveLength(2);
    for (const video of [first, spoilt, last]) await videos.remove(video);
  });

  it('writes one row for a change, and the pointer only when the video settles', async () => {
    const video = await add();
    const written: string[] = [];
    const client = createDocumentClient(emulator());
    client.middlewareStack.add(
      (next, context) => (args) => {
        written.push(String(context.commandName));
        return next(args);
      },
      { step: 'initialize' },
    );
    const store = dynamoVideoStore(client, own.table, clock.now);
    const bump = (record: Video) => ({ ...record, dispatched_attempt: record.dispatched_attempt + 1 });
    const settled = async () => (await rows()).flatMap(({ settled_at }) => settled_at ?? []);
    await store.change(video.file_id, bump);
    expect(await settled()).toEqual([]);
    await store.change(video.file_id, (record) => cancelVideo(record, clock.now()));
    expect(await settled()).toEqual([clock.now().toISOString()]);
    await store.change(video.file_id, bump);
    expect(written.filter((name) => !name.startsWith('Get'))).toEqual([
      'PutItemCommand',
      'TransactWriteItemsCommand',
      'PutItemCommand',
    ]);
    client.destroy();
    await videos.remove(video);
  });
});

describe('when things go wrong between us and DynamoDB', () => {
  let video: Video;
  beforeEach(async () => {
    video = await dynamoVideoStore(fresh.client, fresh.table).create(aVideo({ file_id: randomUUID() }));
  });

  /** A client whose first answer to such a command is lost after DynamoDB has done what it says. */
  function forgetful(commandName: string) {
    const client = createDocumentClient(emulator());
    let forgotten = 0;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const answer = await next(args);
        if (context.commandName !== commandName || forgotten++ > 0) return answer;
        throw Object.assign(new Error('connection reset'), { code: 'ECONNRESET' });
      },
      // After the retries, so that they see it.
      { step: 'finalizeRequest', priority: 'low' },
    );
    return { client, store: dynamoVideoStore(client, fresh.table), forgotten: () => forgotten };
  }

  it('takes a change whose answer was lost for done, without deciding again', async () => {
    const { client, store, forgotten } = forgetful('PutItemCommand');
    let decisions = 0;
    const changed = await store.change(video.file_id, (record) => {
      decisions++;
      return { ...record, dispatched_attempt: 2 };
    });
    expect(forgotten()).toBe(1);
    expect(decisions).toBe(1);
    expect(changed).toMatchObject({ dispatched_attempt: 2, seq: 2 });
    expect(await store.get(video.file_id)).toEqual(changed);
    client.destroy();
  });

  it('takes a settling change and an addition whose answers were lost for done', async () => {
    const settling = forgetful('TransactWriteItemsCommand');
    const cancelled = await settling.store.change(video.file_id, (record) => cancelVideo(record, new Date()));
    expect(cancelled).toMatchObject({ seq: 2 });
    const adding = forgetful('TransactWriteItemsCommand');
    const added = await adding.store.create(aVideo({ file_id: randomUUID() }), { key: randomUUID(), fingerprint: 'f' });
    expect(await adding.store.get(added.file_id)).toEqual(added);
    settling.client.destroy();
    adding.client.destroy();
  });

  it('gives up with `contended` when somebody is faster every time', async () => {
    const client = createDocumentClient(emulator());
    let rivals = 0;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'PutItemCommand') {
          rivals++;
          await dynamoVideoStore(fresh.client, fresh.table).change(video.file_id, (record) => ({ ...record }));
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    const changing = dynamoVideoStore(client, fresh.table).change(video.file_id, (record) => ({
      ...record,
      dispatched_attempt: 9,
    }));
    await expect(changing).rejects.toMatchObject({ code: 'contended', retryable: true });
    expect(rivals).toBe(20);
    expect(await dynamoVideoStore(fresh.client, fresh.table).get(video.file_id)).toMatchObject({
      dispatched_attempt: 0,
      seq: 21,
    });
    client.destroy();
  });

  it('begins no piece of a video that ends at that moment', async () => {
    const client = createDocumentClient(emulator());
    const theirs = dynamoVideoStore(fresh.client, fresh.table);
    let ended = false;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (/Put|Write/.test(String(context.commandName)) && !ended) {
          ended = true;
          await theirs.change(video.file_id, (record) => cancelVideo(record, new Date()));
          await theirs.removePieces(video.file_id, 1);
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    const piece = { file_id: video.file_id, plan: 'a'.repeat(32), name: 'chunk-0' };
    const begun = await dynamoVideoStore(client, fresh.table).changePiece(piece, (record) =>
      isInFlight(record.video) ? { ...record, piece: { ...record.piece } } : new Refusal('superseded'),
    );
    expect(ended).toBe(true);
    expect(begun).toMatchObject({ reason: 'superseded' });
    expect(await theirs.pieces(video.file_id)).toEqual([]);
    client.destroy();
  });

  it('begins a piece once that two begin at that moment', async () => {
    const piece = { file_id: video.file_id, plan: 'a'.repeat(32), name: 'chunk-0' };
    const moveOn = (store: VideoStore) =>
      store.changePiece(piece, (record) => {
        const { state } = record.piece;
        return { ...record, piece: { ...record.piece, state: { ...state, progress: state.progress + 1 } } };
      });
    const client = createDocumentClient(emulator());
    let rivals = 0;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const isWrite = /Put|Write/.test(String(context.commandName));
        if (isWrite && rivals++ === 0) await moveOn(dynamoVideoStore(fresh.client, fresh.table));
        return next(args);
      },
      { step: 'initialize' },
    );
    expect(await moveOn(dynamoVideoStore(client, fresh.table))).toMatchObject({
      piece: { seq: 2, state: { progress: 2 } },
    });
    client.destroy();
  });

  it('removes no piece that a later attempt takes over at that moment', async () => {
    const theirs = dynamoVideoStore(fresh.client, fresh.table);
    const piece = { file_id: video.file_id, plan: 'a'.repeat(32), name: 'chunk-0' };
    const of = (attempt: number) =>
      theirs.changePiece(piece, (record) => ({ ...record, piece: { ...record.piece, attempt } }));
    await of(1);
    const client = createDocumentClient(emulator());
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'DeleteItemCommand') await of(2);
        return next(args);
      },
      { step: 'initialize' },
    );
    await dynamoVideoStore(client, fresh.table).removePieces(video.file_id, 1);
    expect(await theirs.pieces(video.file_id)).toMatchObject([{ attempt: 2 }]);
    client.destroy();
  });

  it('adds a video under a key whose first one goes at that moment', async () => {
    const once = { key: randomUUID(), fingerprint: 'f' };
    const theirs = dynamoVideoStore(fresh.client, fresh.table);
    const first = await theirs.create(aVideo({ file_id: randomUUID() }), once);
    const client = createDocumentClient(emulator());
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'GetItemCommand') await theirs.remove(first);
        return next(args);
      },
      { step: 'initialize' },
    );
    const second = aVideo({ file_id: randomUUID() });
    expect(await dynamoVideoStore(client, fresh.table).create(second, once)).toEqual(second);
    client.destroy();
  });

  it('frees a key though somebody is in the way at first', async () => {
    const once = { key: randomUUID(), fingerprint: 'f' };
    const client = createDocumentClient(emulator());
    let conflicts = 0;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'DeleteItemCommand' && conflicts++ === 0) {
          throw new TransactionConflictException({ message: 'busy', $metadata: {} });
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    const store = dynamoVideoStore(client, fresh.table);
    await store.remove(await store.create(aVideo({ file_id: randomUUID() }), once));
    expect(conflicts).toBe(2);
    const another = aVideo({ file_id: randomUUID() });
    expect(await store.create(another, { ...once, fingerprint: 'other' })).toEqual(another);
    client.destroy();
  });

  it('counts a video out once that ends in the moment in which it is removed', async () => {
    const client = createDocumentClient(emulator());
    const theirs = dynamoVideoStore(fresh.client, fresh.table);
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'TransactWriteItemsCommand') {
          await theirs.change(video.file_id, (record) => cancelVideo(record, new Date()));
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    const inFlight = async () => {
      const Key = { pk: 'USES', sk: 'IN_FLIGHT' };
      return (await fresh.client.send(new GetCommand({ TableName: fresh.table, Key }))).Item?.used;
    };
    const before = await inFlight();
    await dynamoVideoStore(client, fresh.table).remove(video);
    expect(await theirs.get(video.file_id)).toBeUndefined();
    expect(await inFlight()).toBe(before - 1);
    client.destroy();
  });

  it('subscribes nobody whose connection ends at that moment', async () => {
    const connection = {
      connection_id: randomUUID(),
      owner: null,
      client_id: 'them',
      connected_at: new Date().toISOString(),
    };
    const connections = dynamoConnectionStore(fresh.client, fresh.table);
    await connections.add(connection);
    const client = createDocumentClient(emulator());
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'TransactWriteItemsCommand') await connections.remove(connection.connection_id);
        return next(args);
      },
      { step: 'initialize' },
    );
    const late = dynamoConnectionStore(client, fresh.table);
    expect(await late.subscribe(connection.connection_id, video.file_id)).toBe(false);
    expect(await connections.listeners(nobodys('nobody'), video.file_id)).toEqual([]);
    client.destroy();
  });

  it('asks again for rows and removals that DynamoDB left undone', async () => {
    const client = createDocumentClient(emulator());
    client.middlewareStack.add(
      (next) => async (args) => {
        const input = args.input as { RequestItems?: Record<string, { Keys?: unknown[] } | unknown[]> };
        const asked = input.RequestItems?.[fresh.table];
        if (!asked) return next(args);
        // Does a third of the batch, and says so.
        const list = Array.isArray(asked) ? asked : (asked.Keys ?? []);
        const done = Math.ceil(list.length / 3);
        const part = (from: number, to?: number) => {
          const some = list.slice(from, to);
          return Array.isArray(asked) ? some : { ...asked, Keys: some };
        };
        const answer = await next({ ...args, input: { ...input, RequestItems: { [fresh.table]: part(0, done) } } });
        const left = list.length > done ? { [fresh.table]: part(done) } : {};
        const output = {
          ...answer.output,
          ...(Array.isArray(asked) ? { UnprocessedItems: left } : { UnprocessedKeys: left }),
        };
        return { ...answer, output };
      },
      { step: 'initialize' },
    );
    const store = dynamoVideoStore(client, fresh.table);
    const client_id = `client-${randomUUID()}`;
    const added = await Promise.all(
      Array.from({ length: 10 }, () => store.create(aVideo({ file_id: randomUUID(), client_id }))),
    );
    const { videos } = await store.list(nobodys(client_id), { limit: 20 });
    expect(new Set(videos.map(({ file_id }) => file_id))).toEqual(new Set(added.map(({ file_id }) => file_id)));
    const connections = dynamoConnectionStore(client, fresh.table);
    const connection_id = randomUUID();
    await connections.add({ connection_id, owner: null, client_id: 'them', connected_at: new Date().toISOString() });
    for (const { file_id } of added) await connections.subscribe(connection_id, file_id);
    await connections.remove(connection_id);
    for (const { file_id } of added) expect(await connections.listeners(nobodys('nobody'), file_id)).toEqual([]);
    client.destroy();
  });

  it('lets errors that are not about state through', async () => {
    const store = dynamoVideoStore(fresh.client, 'no-such-table');
    await expect(store.change(video.file_id, (record) => record)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(store.create(aVideo())).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('meets rows of somebody else without harm', async () => {
    await fresh.client.send(new PutCommand({ TableName: fresh.table, Item: { pk: 'CLIENT#x', sk: 'OTHER#1' } }));
    expect(await dynamoVideoStore(fresh.client, fresh.table).list(nobodys('x'), { limit: 5 })).toEqual({
      videos: [],
      cursor: null,
    });
    expect(await dynamoConnectionStore(fresh.client, fresh.table).listeners(nobodys('x'), 'y')).toEqual([]);
  });
});

const DAY_MS = 24 * 60 * 60 * 1000;

const UPLOAD = {
  kind: 'multipart',
  status: 'awaiting',
  expires_at: '2026-01-02T00:00:00.000Z',
  upload_id: 'u',
  part_size: 1,
  part_count: 2,
} as const;
