import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { again, untilSettled } from './contention.ts';
import type { Key } from './keys.ts';

/** DynamoDB takes no more in one BatchWriteItem. */
const MAX_BATCH_WRITE = 25;

/** Removes rows; those that are not there are no error. */
export async function removeRows(client: DynamoDBDocumentClient, table: string, keys: Key[]): Promise<void> {
  for (let from = 0; from < keys.length; from += MAX_BATCH_WRITE) {
    const batch = keys.slice(from, from + MAX_BATCH_WRITE);
    let requests: { DeleteRequest?: { Key: Key | Record<string, unknown> | undefined } | undefined }[] = batch.map(
      (key) => ({ DeleteRequest: { Key: key } }),
    );
    await untilSettled('removing rows', async () => {
      const answer = await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      requests = answer.UnprocessedItems?.[table] ?? [];
      return requests.length > 0 ? again : undefined;
    });
  }
}
