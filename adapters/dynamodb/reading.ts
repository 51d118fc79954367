import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { again, untilSettled } from './contention.ts';
import type { Key } from './keys.ts';

type Row = Record<string, unknown>;
type KeyedQuery = Omit<QueryCommandInput, 'TableName' | 'KeyConditionExpression' | 'ConsistentRead'>;

/** DynamoDB takes no more in one BatchGetItem. */
const MAX_BATCH_GET = 100;

/** The rows of one partition whose `sk` begins with `prefix`, in order, as many pages as there are. Strongly consistent. */
export async function* rowsBelow(
  client: DynamoDBDocumentClient,
  table: string,
  { pk, prefix }: { pk: string; prefix: string },
  query: KeyedQuery = {},
): AsyncGenerator<Row> {
  let from = query.ExclusiveStartKey;
  do {
    const page = await client.send(
      new QueryCommand({
        ...query,
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ':pk': pk, ':prefix': prefix },
        ExclusiveStartKey: from,
      }),
    );
    yield* page.Items ?? [];
    from = page.LastEvaluatedKey;
  } while (from);
}

/** All of {@link rowsBelow} at once. */
export async function everyRowBelow(...args: Parameters<typeof rowsBelow>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of rowsBelow(...args)) rows.push(row);
  return rows;
}

/** These rows, those that exist, in no order. Strongly consistent. */
export async function rowsAt(client: DynamoDBDocumentClient, table: string, keys: Key[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < keys.length; from += MAX_BATCH_GET) {
    let wanted: Row[] = keys.slice(from, from + MAX_BATCH_GET).map((key) => ({ ...key }));
    await untilSettled('reading rows', async () => {
      const answer = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: wanted, ConsistentRead: true } } }),
      );
      rows.push(...(answer.Responses?.[table] ?? []));
      wanted = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      return wanted.length > 0 ? again : undefined;
    });
  }
  return rows;
}
