import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  ClientError,
  ConnectionError,
  createClient,
  DEFAULT_TIMING,
  sleep,
  type Timing,
  type VideoState,
} from './index.ts';
import type { Listener } from './socket.ts';
import { hangUp, refuse, startServer, type TestServer } from './testing/server.ts';
import { watch } from './watch.ts';

/** Polls so rarely that what arrives in time came over the socket. */
const SOCKET_ONLY: Partial<Timing> = { retryMs: 10, retryMaxMs: 50, pollMs: 60_000, quietMs: 60_000, pingMs: 60_000 };
const ENHANCE = 'video_enhancement';
const METADATA = 'metadata_extraction';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.stop());

const clientWith = (timing: Partial<Timing>) => createClient({ baseUrl: server.base, clientId: 'tester', timing });

async function uploaded(): Promise<string> {
  return clientWith({}).upload({ name: 'a.mp4', size: 1, type: 'video/mp4', slice: () => new Blob(['x']) });
}

/** Reads a watch to its end, letting the test act on each state. */
async function follow(
  states: AsyncIterable<VideoState>,
  act: (state: VideoState, count: number) => void | Promise<void> = () => {},
): Promise<VideoState[]> {
  const all: VideoState[] = [];
  for await (const state of states) {
    all.push(state);
    await act(state, all.length);
  }
  return all;
}
const progressOf = (states: VideoState[]) => states.map(({ processes }) => processes[ENHANCE].progress);
/** Machines that test are busy. */
const PATIENCE = { timeout: 10_000 };
const connected = () => vi.waitFor(() => expect(server.connections()).toBe(1), PATIENCE);

test('states come over the socket until both processes have ended', async () => {
  const fileId = await uploaded();
  const states = await follow(clientWith(SOCKET_ONLY).watch(fileId), async ({ uploaded, processes }) => {
    await connected();
    if (!uploaded) return;
    const { progress } = processes[ENHANCE];
    if (progress === 0) server.change(fileId, ENHANCE, { status: 'processing', progress: 10 });
    if (progress === 10) server.change(fileId, ENHANCE, { progress: 60 });
    if (progress === 60) {
      server.change(fileId, METADATA, { status: 'failed', error: 'no' });
      server.change(fileId, ENHANCE, { status: 'completed', progress: 100 });
    }
  });
  expect([...new Set(progressOf(states))]).toEqual([0, 10, 60, 100]);
  expect(states.at(-1)).toEqual({
    file_id: fileId,
    uploaded: true,
    processes: {
      [ENHANCE]: { status: 'completed', progress: 100, error: null },
      [METADATA]: { status: 'failed', progress: 0, error: 'no' },
    },
  });
  expect(server.count(/GET \/videos/)).toBe(1);
});

test('a message that was overtaken, or is about another video, is dropped', async () => {
  const fileId = await uploaded();
  const late = { type: 'status_update', process_type: ENHANCE, status: 'processing', progress: 5, error: null, seq: 1 };
  const other = { ...late, seq: 99, progress: 77, file_id: '00000000-0000-4000-8000-000000000000' };
  const states = await follow(clientWith(SOCKET_ONLY).watch(fileId), async (_, count) => {
    await connected();
    if (count === 1) server.change(fileId, ENHANCE, { status: 'processing', progress: 50 });
    if (count === 2) {
      server.say(fileId, late);
      server.say(fileId, other);
      server.say(fileId, { type: 'of the future' });
      server.complete(fileId);
    }
  });
  expect(progressOf(states)).not.toContain(5);
  expect(progressOf(states)).not.toContain(77);
  expect(progressOf(states).at(-1)).toBe(100);
});

test('news that come while the record is being read are not lost to it', async () => {
  const fileId = await uploaded();
  const { record } = server.stored(fileId);
  let hear: Listener['notice'] = () => {};
  const socket = {
    listen: ({ notice }: Listener) => {
      hear = notice;
      return () => {};
    },
  };
  const look = async () => {
    const read = structuredClone(record);
    for (const process_type of [METADATA, ENHANCE] as const) {
      const end = { status: 'completed', progress: 100, error: null, timestamp: record.updated_at } as const;
      hear({ type: 'status_update', file_id: fileId, seq: record.seq + 1, process_type, ...end });
    }
    return read;
  };
  const states = await follow(
    watch({ look, socket, timing: { ...DEFAULT_TIMING, ...SOCKET_ONLY } }, fileId),
    ({ processes }) => expect(processes[METADATA].status).toBe('completed'),
  );
  expect(states.at(-1)?.processes[ENHANCE].status).toBe('completed');
});

test('a connection that drops comes back, and the snapshot says what was missed', async () => {
  const fileId = await uploaded();
  const states = await follow(clientWith(SOCKET_ONLY).watch(fileId), async (_, count) => {
    await connected();
    if (count > 1) return;
    server.sockets({ refusing: true });
    server.dropSockets();
    server.change(fileId, ENHANCE, { status: 'completed', progress: 100 }, 'silently');
    server.change(fileId, METADATA, { status: 'completed', progress: 100 }, 'silently');
    await vi.waitFor(() => expect(server.count(/^WS/)).toBeGreaterThan(2), PATIENCE);
    server.sockets({ refusing: false });
  });
  expect(states.at(-1)?.processes[ENHANCE].status).toBe('completed');
  expect(server.count(/GET \/videos/)).toBe(1);
});

test('without WebSockets the video is looked at again and again', async () => {
  server.sockets({ refusing: true });
  const fileId = await uploaded();
  const polling = clientWith({ ...SOCKET_ONLY, pollMs: 20 });
  const states = await follow(polling.watch(fileId), (_, count) => {
    if (count === 1) server.change(fileId, ENHANCE, { status: 'processing', progress: 30 });
    if (count === 2) server.complete(fileId);
  });
  expect(progressOf(states)).toEqual([0, 30, 100]);
});

test('a socket that is lost for good gives way to looking', async () => {
  const fileId = await uploaded();
  const states = await follow(clientWith({ ...SOCKET_ONLY, pollMs: 20 }).watch(fileId), async (_, count) => {
    if (count > 1) return;
    await connected();
    // Past the looks of the beginning: the next would come after a minute of quiet.
    await sleep(100);
    server.sockets({ refusing: true });
    server.dropSockets();
    server.change(fileId, ENHANCE, { status: 'cancelled' }, 'silently');
    server.change(fileId, METADATA, { status: 'cancelled' }, 'silently');
  });
  expect(states.at(-1)?.processes[ENHANCE].status).toBe('cancelled');
});

test('a server that says nothing on an open socket is asked', async () => {
  server.sockets({ withoutSnapshot: true });
  const fileId = await uploaded();
  const states = await follow(clientWith({ ...SOCKET_ONLY, quietMs: 50 }).watch(fileId), async (_, count) => {
    await connected();
    if (count > 1) return;
    server.change(fileId, ENHANCE, { status: 'cancelled' }, 'silently');
    server.change(fileId, METADATA, { status: 'cancelled' }, 'silently');
  });
  expect(states.at(-1)?.processes[ENHANCE].status).toBe('cancelled');
});

test('a connection whose far end is dead is noticed and replaced', async () => {
  server.sockets({ mute: true });
  server.sockets({ withoutSnapshot: true });
  const fileId = await uploaded();
  const pinging = clientWith({ ...SOCKET_ONLY, pingMs: 40 });
  await follow(pinging.watch(fileId), async (_, count) => {
    if (count > 1) return;
    await vi.waitFor(() => expect(server.count(/^WS/)).toBe(2), PATIENCE);
    expect(server.received[0]).toBe('{"action":"ping"}');
    server.sockets({ mute: false });
    server.complete(fileId);
  });
});

test('answered pings keep a connection', async () => {
  const fileId = await uploaded();
  // Long enough for an answer on a busy machine: both ends are in this one process.
  await follow(clientWith({ ...SOCKET_ONLY, pingMs: 600 }).watch(fileId), async (_, count) => {
    if (count > 1) return;
    await vi.waitFor(() => expect(server.received.length).toBeGreaterThan(3), PATIENCE);
    server.complete(fileId);
  });
  expect(server.count(/^WS/)).toBe(1);
});

test('a server that stays away is given up, one that comes back is not', async () => {
  const fileId = await uploaded();
  server.sockets({ refusing: true });
  const impatient = clientWith({ ...SOCKET_ONLY, pollMs: 20, giveUpMs: 3_000 });
  const calm = server.trouble(/GET \/videos/, 99, hangUp);
  setTimeout(calm, 300);
  await follow(impatient.watch(fileId), (_, count) => {
    if (count > 1) return;
    expect(server.count(/GET \/videos/)).toBeGreaterThan(1);
    server.trouble(/GET \/videos/, 99, refuse(503));
  }).then(
    () => expect.unreachable('it ended by itself'),
    (error) => {
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error.cause).toMatchObject({ status: 503 });
    },
  );
});

test('a video that is deleted meanwhile is a ClientError 404', async () => {
  server.sockets({ refusing: true });
  const fileId = await uploaded();
  const reading = follow(clientWith({ ...SOCKET_ONLY, pollMs: 20 }).watch(fileId), () => {
    server.videos.delete(fileId);
  });
  const error = await reading.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ClientError);
  expect(error).toMatchObject({ status: 404, detail: 'File not found' });
});

test('an aborted watch throws the reason and leaves no connection', async () => {
  const fileId = await uploaded();
  const stop = new AbortController();
  const why = new Error('enough');
  const reading = follow(clientWith(SOCKET_ONLY).watch(fileId, stop.signal), async () => {
    await connected();
    setTimeout(() => stop.abort(why), 20);
  });
  await expect(reading).rejects.toBe(why);
  await vi.waitFor(() => expect(server.connections()).toBe(0), PATIENCE);
});

test('several watches share one connection, which closes with the last', async () => {
  const files = [await uploaded(), await uploaded(), await uploaded()];
  const client = clientWith(SOCKET_ONLY);
  const all = files.map((fileId) => follow(client.watch(fileId)));
  await connected();
  await sleep(50);
  for (const fileId of files) {
    expect(server.connections()).toBe(1);
    server.complete(fileId);
    await sleep(20);
  }
  await Promise.all(all);
  expect(server.count(/^WS/)).toBe(1);
  await vi.waitFor(() => expect(server.connections()).toBe(0), PATIENCE);
});

test('a slow reader gets the newest state, not every one', async () => {
  const fileId = await uploaded();
  const states = await follow(clientWith(SOCKET_ONLY).watch(fileId), async (_, count) => {
    await connected();
    if (count > 1) return;
    for (let progress = 1; progress < 50; progress++)
      server.change(fileId, ENHANCE, { status: 'processing', progress });
    server.complete(fileId);
    await sleep(100);
  });
  expect(states.length).toBeLessThan(5);
  expect(progressOf(states).at(-1)).toBe(100);
});
