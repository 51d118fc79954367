import type { ClientRef } from '../owner.ts';

/** Who is connected by WebSocket, and what they want to hear of. */
export interface ConnectionStore {
  add(connection: Connection): Promise<void>;
  get(connectionId: string): Promise<Connection | undefined>;
  /** Forgets the connection and its subscriptions. Removing what is not there is no error. */
  remove(connectionId: string): Promise<void>;
  /** Adds the video to what the connection hears of, beside its own client's videos. `false` when it is not connected. */
  subscribe(connectionId: string, fileId: string): Promise<boolean>;
  unsubscribe(connectionId: string, fileId: string): Promise<void>;
  /** Everybody to be told of a change to this video: its client's connections and its subscribers, each once. */
  listeners(client: ClientRef, fileId: string): Promise<Connection[]>;
}

export interface Connection extends ClientRef {
  connection_id: string;
  connected_at: string;
}
