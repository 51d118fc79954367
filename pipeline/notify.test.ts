import { expect, it } from 'vitest';
import { TransientError } from '../core/errors.ts';
import type { Notice } from '../core/notices.ts';
import { receiveSource, type Video } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { announce, greet } from './notify.ts';

const uploaded = receiveSource(
  aVideo(),
  { key: 'k', size: 1, etag: '"e"', checksum: null },
  new Date('2026-01-01T00:00:01Z'),
) as Video;

/** A world with an audience that records, and answers as told. */
function world(answer: (connection: string) => 'told' | 'gone' = () => 'told') {
  const { ports, clock } = twins();
  const heard: [string, Notice['type']][] = [];
  const audience = {
    tell: async (connection: string, notice: { type: string }) => {
      heard.push([connection, notice.type as Notice['type']]);
      return answer(connection);
    },
  };
  return { ports: { ...ports, audience }, clock, heard };
}

it('tells the client and the subscribers, each once', async () => {
  const { ports, clock, heard } = world();
  const connected_at = clock.now().toISOString();
  for (const [connection_id, client_id] of [
    ['mine', 'somebody'],
    ['follower', 'other'],
    ['stranger', 'third'],
  ] as const) {
    await ports.connections.add({ connection_id, owner: null, client_id, connected_at });
  }
  await ports.connections.subscribe('follower', uploaded.file_id);
  await ports.connections.subscribe('mine', uploaded.file_id);
  await announce(ports, aVideo(), uploaded);
  expect(heard.toSorted()).toEqual([
    ['follower', 'upload_status'],
    ['mine', 'upload_status'],
  ]);
});

it('forgets a connection that is gone, and still tells the others', async () => {
  const { ports, clock, heard } = world((connection) => (connection === 'old' ? 'gone' : 'told'));
  const connected_at = clock.now().toISOString();
  await ports.connections.add({ connection_id: 'old', owner: null, client_id: 'somebody', connected_at });
  await ports.connections.add({ connection_id: 'new', owner: null, client_id: 'somebody', connected_at });
  clock.pass(60_000);
  await announce(ports, aVideo(), uploaded);
  expect(heard.map(([connection]) => connection).toSorted()).toEqual(['new', 'old']);
  expect(await ports.connections.get('old')).toBeUndefined();
});

it('is patient with a connection that is still being made', async () => {
  let asked = 0;
  const { ports, clock, heard } = world(() => (++asked < 3 ? 'gone' : 'told'));
  const connection = {
    connection_id: 'young',
    owner: null,
    client_id: 'somebody',
    connected_at: clock.now().toISOString(),
  };
  await ports.connections.add(connection);
  await greet(ports, connection);
  expect(heard).toHaveLength(3);
  expect(await ports.connections.get('young')).toBeDefined();
});

it('greets, then shows where every recent video of this client stands', async () => {
  const { ports, clock, heard } = world();
  await ports.videos.create(aVideo());
  await ports.videos.create(aVideo({ file_id: '6f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11', client_id: 'other' }));
  await greet(ports, {
    connection_id: 'c',
    owner: null,
    client_id: 'somebody',
    connected_at: clock.now().toISOString(),
  });
  expect(heard.map(([, type]) => type)).toEqual(['connection', 'status_update', 'status_update']);
});

it('tries once more when a connection cannot be reached', async () => {
  const { ports, clock } = world();
  let calls = 0;
  const audience = {
    tell: async () => {
      calls++;
      if (calls === 1) throw new TransientError('push_failed', 'busy');
      return 'told' as const;
    },
  };
  await ports.connections.add({
    connection_id: 'c',
    owner: null,
    client_id: 'somebody',
    connected_at: clock.now().toISOString(),
  });
  await announce({ ...ports, audience }, aVideo(), uploaded);
  expect(calls).toBe(2);
});

it('tells a connection that is gone, or that cannot be told for good, nothing more', async () => {
  const { ports, clock, heard } = world(() => 'gone');
  const connection = {
    connection_id: 'c',
    owner: null,
    client_id: 'somebody',
    connected_at: clock.now().toISOString(),
  };
  await ports.connections.add(connection);
  await ports.videos.create(aVideo());
  clock.pass(60_000);
  await greet(ports, connection);
  expect(heard).toHaveLength(1);
  let calls = 0;
  const audience = {
    tell: async () => {
      calls++;
      throw new Error('not allowed');
    },
  };
  await expect(greet({ ...ports, audience }, connection)).rejects.toThrow('not allowed');
  expect(calls).toBe(1);
});

it('tells nobody but the owner, whatever a client is called and whoever subscribed', async () => {
  const { ports, clock, heard } = world();
  const connected_at = clock.now().toISOString();
  const connections = [
    { connection_id: 'mine', owner: 'ana', client_id: 'somebody' },
    { connection_id: 'namesake', owner: 'ben', client_id: 'somebody' },
    { connection_id: 'nobody', owner: null, client_id: 'somebody' },
    { connection_id: 'follower', owner: 'ben', client_id: 'other' },
  ];
  for (const connection of connections) await ports.connections.add({ ...connection, connected_at });
  // As if it had subscribed while nobody had to sign in.
  await ports.connections.subscribe('follower', uploaded.file_id);
  await announce(ports, aVideo(), { ...uploaded, owner: 'ana' });
  expect(heard).toEqual([['mine', 'upload_status']]);
});

it('shows a connection its own client’s videos, not its namesake’s', async () => {
  const { ports, clock, heard } = world();
  await ports.videos.create(aVideo({ owner: 'ana' }));
  const connection = { connection_id: 'c', client_id: 'somebody', connected_at: clock.now().toISOString() };
  await greet(ports, { ...connection, owner: 'ben' });
  await greet(ports, { ...connection, owner: null });
  expect(heard.map(([, type]) => type)).toEqual(['connection', 'connection']);
});

it('does not wait for a young connection that was closed meanwhile', async () => {
  const { ports, clock, heard } = world(() => 'gone');
  const connection = {
    connection_id: 'left',
    owner: null,
    client_id: 'somebody',
    connected_at: clock.now().toISOString(),
  };
  await greet(ports, connection);
  expect(heard).toHaveLength(1);
});

it('tells the others when one listener cannot be reached, and the change is told again for that one', async () => {
  const { ports, clock } = twins();
  const heard: string[] = [];
  const audience = {
    tell: async (connection: string) => {
      if (connection === 'a') throw new TransientError('unreachable', 'away');
      await new Promise((resolve) => setTimeout(resolve, 5));
      heard.push(connection);
      return 'told' as const;
    },
  };
  const connected_at = clock.now().toISOString();
  for (const connection_id of ['a', 'b'])
    await ports.connections.add({ connection_id, owner: null, client_id: 'somebody', connected_at });
  await expect(announce({ ...ports, audience }, aVideo(), uploaded)).rejects.toThrow('away');
  expect(heard).toEqual(['b']);
});
