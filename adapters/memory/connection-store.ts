import { isOn } from '../../core/owner.ts';
import type { Connection, ConnectionStore } from '../../core/ports/connection-store.ts';

/** Connections and their subscriptions in memory. */
export function memoryConnectionStore(): ConnectionStore {
  const connections = new Map<string, { connection: Connection; subscribed: Set<string> }>();
  return {
    async add(connection) {
      const subscribed = connections.get(connection.connection_id)?.subscribed ?? new Set();
      connections.set(connection.connection_id, { connection: { ...connection }, subscribed });
    },
    async get(connectionId) {
      return structuredClone(connections.get(connectionId)?.connection);
    },
    async remove(connectionId) {
      connections.delete(connectionId);
    },
    async subscribe(connectionId, fileId) {
      const found = connections.get(connectionId);
      found?.subscribed.add(fileId);
      return found !== undefined;
    },
    async unsubscribe(connectionId, fileId) {
      connections.get(connectionId)?.subscribed.delete(fileId);
    },
    async listeners(client, fileId) {
      return [...connections.values()]
        .filter(({ connection, subscribed }) => isOn(connection, client) || subscribed.has(fileId))
        .map(({ connection }) => ({ ...connection }));
    },
  };
}
