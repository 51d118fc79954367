import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type ClientRef, Owner } from '../../core/owner.ts';
import type { Connection, ConnectionStore } from '../../core/ports/connection-store.ts';
import { again, outcome, untilSettled } from './contention.ts';
import {
  CONNECTION_SK,
  clientConnectionKey,
  connectionKey,
  connectionPk,
  connectionsOf,
  epochAfter,
  type Key,
  SUBSCRIPTION_PREFIX,
  shelfPk,
  subscribedKey,
  subscriberKey,
  TTL_ATTRIBUTE,
  videoPk,
} from './keys.ts';
import { everyRowBelow } from './reading.ts';
import { removeRows } from './removing.ts';
import { type Image, readRow, rowFromImage } from './row.ts';

/** API Gateway ends a connection after two hours; a quarter of an hour more for clocks and late messages. */
const LIFE_MS = 2.25 * 60 * 60 * 1000;

const ConnectionSchema = z.object({
  connection_id: z.string(),
  owner: Owner.default(null),
  client_id: z.string(),
  connected_at: z.string(),
});
const ConnectionRow = ConnectionSchema.extend({ [TTL_ATTRIBUTE]: z.number() });
type ConnectionRow = z.infer<typeof ConnectionRow>;

/** Connections in the table described in `keys.ts`. */
export function dynamoConnectionStore(
  client: DynamoDBDocumentClient,
  table: string,
  now: () => Date = () => new Date(),
): ConnectionStore {
  return { add, get, remove, subscribe, unsubscribe, listeners };

  async function add(connection: Connection): Promise<void> {
    const { connection_id } = connection;
    const row = { ...connection, [TTL_ATTRIBUTE]: epochAfter(now(), LIFE_MS) };
    await transact(
      { Put: { TableName: table, Item: { ...row, ...connectionKey(connection_id) } } },
      { Put: { TableName: table, Item: { ...row, ...clientConnectionKey(connection, connection_id) } } },
    );
  }

  async function get(connectionId: string): Promise<Connection | undefined> {
    const row = await find(connectionId);
    return row && alive(row) ? ConnectionSchema.parse(row) : undefined;
  }

  /** The connection goes first: from then on nothing can subscribe, so what is found afterwards is all there is. */
  async function remove(connectionId: string): Promise<void> {
    const row = await find(connectionId);
    if (row) await transact(drop(connectionKey(connectionId)), drop(clientConnectionKey(row, connectionId)));
    const below = { pk: connectionPk(connectionId), prefix: SUBSCRIPTION_PREFIX };
    const rows = await everyRowBelow(client, table, below, { ProjectionExpression: 'sk' });
    const files = rows.map(({ sk }) => String(sk).slice(SUBSCRIPTION_PREFIX.length));
    await removeRows(
      client,
      table,
      files.map((fileId) => subscriberKey(fileId, connectionId)),
    );
    await removeRows(
      client,
      table,
      files.map((fileId) => subscribedKey(connectionId, fileId)),
    );
  }

  async function subscribe(connectionId: string, fileId: string): Promise<boolean> {
    const row = await find(connectionId);
    if (!row || !alive(row)) return false;
    const subscribed = await transact(
      {
        ConditionCheck: {
          TableName: table,
          Key: connectionKey(connectionId),
          ConditionExpression: 'attribute_exists(pk)',
        },
      },
      { Put: { TableName: table, Item: { ...row, ...subscriberKey(fileId, connectionId) } } },
      { Put: { TableName: table, Item: { ...row, ...subscribedKey(connectionId, fileId) } } },
    );
    return subscribed;
  }

  async function unsubscribe(connectionId: string, fileId: string): Promise<void> {
    await transact(drop(subscriberKey(fileId, connectionId)), drop(subscribedKey(connectionId, fileId)));
  }

  async function listeners(client: ClientRef, fileId: string): Promise<Connection[]> {
    const [own, subscribers] = await Promise.all([
      below(shelfPk(client), connectionsOf(client)),
      below(videoPk(fileId), SUBSCRIPTION_PREFIX),
    ]);
    const each = new Map([...own, ...subscribers].filter(alive).map((row) => [row.connection_id, row]));
    return [...each.values()].map((row) => ConnectionSchema.parse(row));
  }

  async function below(pk: string, prefix: string): Promise<ConnectionRow[]> {
    const rows = await everyRowBelow(client, table, { pk, prefix });
    return rows.map((row) => readRow(ConnectionRow, row));
  }

  async function find(connectionId: string): Promise<ConnectionRow | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: connectionKey(connectionId), ConsistentRead: true }),
    );
    return Item && readRow(ConnectionRow, Item);
  }

  /** DynamoDB removes expired rows late; until then they must not count. */
  function alive(row: ConnectionRow): boolean {
    return row[TTL_ATTRIBUTE] > now().getTime() / 1000;
  }

  function drop(Key: Key) {
    return { Delete: { TableName: table, Key } };
  }

  /** `false` when the first item's condition failed. */
  function transact(...items: TransactItem[]): Promise<boolean> {
    return untilSettled('writing a connection', async () => {
      const rivals = await outcome(client.send(new TransactWriteCommand({ TransactItems: items })));
      if (!rivals) return true;
      return rivals.failed(0) ? false : again;
    });
  }
}

type TransactItem = NonNullable<ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']>[number];

/**
 * The connection in an image of the table's stream; undefined when there is no image, or it is another kind of row.
 * Of a connection's two rows it is one, so each connection comes once.
 *
 * @throws InvalidRow `invalid_row`
 */
export function connectionFromImage(image: Image | undefined): Connection | undefined {
  return image?.sk?.S === CONNECTION_SK ? readRow(ConnectionSchema, rowFromImage(image)) : undefined;
}
