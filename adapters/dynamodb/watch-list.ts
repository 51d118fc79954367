import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { VideoStore } from '../../core/ports/video-store.ts';
import { outcome } from './contention.ts';
import { WATCH_SHARDS, watchKey, watchPk } from './keys.ts';
import { rowsBelow } from './reading.ts';
import { readRow } from './row.ts';

const Row = z.object({ sk: z.string(), attempt: z.int() });

/**
 * The list of attempts that may be in flight. A row is written together with the record, when an attempt begins; only
 * who looks after the list removes it, so that workers need no right to remove anything.
 */
export function watchList(client: DynamoDBDocumentClient, table: string): Pick<VideoStore, 'watched' | 'unwatch'> {
  return {
    async *watched() {
      for (const shard of WATCH_SHARDS) {
        for await (const row of rowsBelow(client, table, { pk: watchPk(shard), prefix: shard })) {
          const { sk, attempt } = readRow(Row, row);
          yield { file_id: sk, attempt };
        }
      }
    },

    async unwatch({ file_id, attempt }) {
      await outcome(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: watchKey(file_id),
            ConditionExpression: 'attempt = :attempt',
            ExpressionAttributeValues: { ':attempt': attempt },
          }),
        ),
      );
    },
  };
}
