import { createHash } from 'node:crypto';
import type { ClientRef, Shelf } from '../../core/owner.ts';
import { hourOf } from '../../core/use-limits.ts';
import { position } from '../../core/video-list.ts';

/*
 * One table, keys `pk` and `sk`. There is no index: indexes lag behind, and everything here is read as it is.
 *
 *   VIDEO#{file_id}     VIDEO                           the record of a video
 *   VIDEO#{file_id}     SUB#{connection_id}             a subscriber of it
 *   PIECES#{file_id}    PIECE#{plan}#{name}             a piece that it is worked on in
 *   CLIENT#{client_id}  VIDEO#{created_at}#{file_id}    pointer to a client's video, sorted by time
 *   CLIENT#{client_id}  CONN#{client_id}#{id}           a client's connection
 *   OWNER#{owner}       …                               the same two of who signed in, of all their clients
 *   CONN#{id}           CONN                            the same connection by its own name
 *   CONN#{id}           SUB#{file_id}                   what it subscribed to
 *   WATCH#{shard}       {file_id}                       an attempt that may be in flight
 *   ONCE#{hash}         ONCE                            an idempotency key that a client used
 *   TICKET#{digest}     TICKET                          lets who signed in open one WebSocket
 *   USES#{who}          {hour}                          how much one client began within an hour
 *   USES                IN_FLIGHT                       how many videos are in flight
 *   HEALTH              WORKER#{name}                   a worker's last sign of life
 */
export interface Key {
  pk: string;
  sk: string;
}

/** Rows that may outlive their use carry their last second here; DynamoDB removes them some time after it. */
export const TTL_ATTRIBUTE = 'expires_at_epoch';

export const VIDEO_SK = 'VIDEO';
export const CONNECTION_SK = 'CONN';
export const POINTER_PREFIX = 'VIDEO#';
export const CONNECTION_PREFIX = 'CONN#';
export const SUBSCRIPTION_PREFIX = 'SUB#';
export const PIECE_PREFIX = 'PIECE#';
export const WORKER_PREFIX = 'WORKER#';

export const videoPk = (fileId: string): string => `VIDEO#${fileId}`;
/** Nobody's client is found by its name; names of clients mean something to their owner alone. */
export const shelfPk = (shelf: Shelf): string =>
  shelf.owner === null ? `CLIENT#${shelf.client_id}` : `OWNER#${shelf.owner}`;
export const connectionPk = (connectionId: string): string => `CONN#${connectionId}`;

export const videoKey = (fileId: string): Key => ({ pk: videoPk(fileId), sk: VIDEO_SK });
export const pointerKey = (video: ClientRef & { created_at: string; file_id: string }): Key => ({
  pk: shelfPk(video),
  sk: POINTER_PREFIX + position(video),
});

/** Not with the record: workers may remove these. */
export const piecesPk = (fileId: string): string => `PIECES#${fileId}`;
export const pieceKey = ({ file_id, plan, name }: { file_id: string; plan: string; name: string }): Key => ({
  pk: piecesPk(file_id),
  sk: `${PIECE_PREFIX}${plan}#${name}`,
});

export const connectionKey = (connectionId: string): Key => ({ pk: connectionPk(connectionId), sk: CONNECTION_SK });
/** No name of a client has a `#`. */
export const connectionsOf = (client: ClientRef): string => `${CONNECTION_PREFIX}${client.client_id}#`;
export const clientConnectionKey = (client: ClientRef, connectionId: string): Key => ({
  pk: shelfPk(client),
  sk: connectionsOf(client) + connectionId,
});

/** A subscription is written twice, to be found from either end. */
export const subscriberKey = (fileId: string, connectionId: string): Key => ({
  pk: videoPk(fileId),
  sk: SUBSCRIPTION_PREFIX + connectionId,
});
export const subscribedKey = (connectionId: string, fileId: string): Key => ({
  pk: connectionPk(connectionId),
  sk: SUBSCRIPTION_PREFIX + fileId,
});

/** A partition takes a thousand writes a second: the list of what is in flight is spread over sixteen. */
export const WATCH_SHARDS = [...'0123456789abcdef'];
export const watchPk = (shard: string): string => `WATCH#${shard}`;
export const watchKey = (fileId: string): Key => ({ pk: watchPk(fileId.slice(0, 1)), sk: fileId });

/** Hashed: the caller chooses the key, and DynamoDB bounds the length of ours. */
export const onceKey = ({ owner, client_id }: ClientRef, key: string): Key => ({
  pk: `ONCE#${createHash('sha256')
    .update(JSON.stringify([owner, client_id, key]))
    .digest('hex')}`,
  sk: 'ONCE',
});

export const usesKey = (who: string, time: Date): Key => ({ pk: `USES#${who}`, sk: hourOf(time) });
export const inFlightKey: Key = { pk: 'USES', sk: 'IN_FLIGHT' };
export const ticketKey = (digest: string): Key => ({ pk: `TICKET#${digest}`, sk: 'TICKET' });

export const HEALTH_PK = 'HEALTH';
export const workerKey = (worker: string): Key => ({ pk: HEALTH_PK, sk: WORKER_PREFIX + worker });

/** For {@link TTL_ATTRIBUTE}. */
export const epochAfter = (now: Date, ms: number): number => Math.ceil((now.getTime() + ms) / 1000);
