import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Connection, ConnectionStore } from '../../core/ports/connection-store.ts';

/** What every connection store must do. The store may be shared with others: each test has names of its own. */
export function connectionStoreConformance(open: () => ConnectionStore): void {
  let store: ConnectionStore;
  let client: string;
  let file: string;
  beforeEach(() => {
    store = open();
    client = `client-${randomUUID()}`;
    file = randomUUID();
  });

  async function connect(clientId = client, owner: string | null = null): Promise<Connection> {
    const connection = {
      owner,
      connection_id: `L0SM9cOFvHcCIhw=${randomUUID()}`,
      client_id: clientId,
      connected_at: new Date().toISOString(),
    };
    await store.add(connection);
    return connection;
  }

  const listeners = async (clientId = client, fileId = file) =>
    (await store.listeners({ owner: null, client_id: clientId }, fileId)).sort((a, b) =>
      a.connection_id < b.connection_id ? -1 : 1,
    );
  const sorted = (...connections: Connection[]) =>
    connections.sort((a, b) => (a.connection_id < b.connection_id ? -1 : 1));

  describe('connections', () => {
    it('are known until they are removed, which may happen twice', async () => {
      const connection = await connect();
      expect(await store.get(connection.connection_id)).toEqual(connection);
      await store.remove(connection.connection_id);
      await store.remove(connection.connection_id);
      expect(await store.get(connection.connection_id)).toBeUndefined();
      expect(await listeners()).toEqual([]);
    });

    it('may be added twice', async () => {
      const connection = await connect();
      await store.add(connection);
      expect(await listeners()).toEqual([connection]);
    });

    it('are unknown when they never were', async () => {
      expect(await store.get('never')).toBeUndefined();
      await store.remove('never');
    });

    it('all hear of their client’s videos, and nobody else’s', async () => {
      const [a, b] = [await connect(), await connect()];
      const other = await connect(`${client}-2`);
      expect(await listeners()).toEqual(sorted(a, b));
      expect(await listeners(`${client}-2`)).toEqual([other]);
      expect(await listeners('nobody')).toEqual([]);
    });

    it('are their owner’s: a client of the same name is another one', async () => {
      const [a, b, nobodys] = [await connect(client, 'ana'), await connect(client, 'ben'), await connect()];
      expect(await store.get(a.connection_id)).toEqual(a);
      expect(await store.listeners({ owner: 'ana', client_id: client }, file)).toEqual([a]);
      expect(await store.listeners({ owner: 'ben', client_id: client }, file)).toEqual([b]);
      expect(await listeners()).toEqual([nobodys]);
      // Names that begin alike.
      expect(await store.listeners({ owner: 'ana', client_id: client.slice(0, -1) }, file)).toEqual([]);
      await store.remove(a.connection_id);
      expect(await store.listeners({ owner: 'ana', client_id: client }, file)).toEqual([]);
    });
  });

  describe('subscriptions', () => {
    it('let a connection hear of one more video, until it unsubscribes', async () => {
      const [owner, other] = [await connect(), await connect(`${client}-2`)];
      expect(await store.subscribe(other.connection_id, file)).toBe(true);
      expect(await listeners()).toEqual(sorted(owner, other));
      expect(await listeners(client, randomUUID())).toEqual([owner]);
      await store.unsubscribe(other.connection_id, file);
      expect(await listeners()).toEqual([owner]);
    });

    it('tell nobody twice: not who subscribed twice, not who subscribed to their own', async () => {
      const owner = await connect();
      expect(await store.subscribe(owner.connection_id, file)).toBe(true);
      expect(await store.subscribe(owner.connection_id, file)).toBe(true);
      expect(await listeners()).toEqual([owner]);
      await store.unsubscribe(owner.connection_id, file);
      expect(await listeners()).toEqual([owner]);
    });

    it('are refused to who is not connected', async () => {
      expect(await store.subscribe('never', file)).toBe(false);
      const gone = await connect();
      await store.remove(gone.connection_id);
      expect(await store.subscribe(gone.connection_id, file)).toBe(false);
      expect(await listeners()).toEqual([]);
    });

    it('end with their connection, however many', async () => {
      const connection = await connect(`${client}-2`);
      const files = Array.from({ length: 30 }, () => randomUUID());
      await Promise.all(files.map((fileId) => store.subscribe(connection.connection_id, fileId)));
      expect(await listeners(client, files[29])).toEqual([connection]);
      await store.remove(connection.connection_id);
      for (const fileId of files) expect(await listeners(client, fileId)).toEqual([]);
    });

    it('may be ended when there is none', async () => {
      const connection = await connect();
      await store.unsubscribe(connection.connection_id, file);
      await store.unsubscribe('never', file);
      expect(await store.get('never')).toBeUndefined();
    });

    it('leave nobody behind when connection and subscription race', async () => {
      for (let round = 0; round < 5; round++) {
        const connection = await connect(`${client}-2`);
        const [subscribed] = await Promise.all([
          store.subscribe(connection.connection_id, file),
          store.remove(connection.connection_id),
        ]);
        expect(subscribed).toBeTypeOf('boolean');
        expect(await listeners()).toEqual([]);
      }
    });
  });
}
