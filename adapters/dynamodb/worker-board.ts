import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { WorkerBoard } from '../../core/ports/worker-board.ts';
import { epochAfter, HEALTH_PK, TTL_ATTRIBUTE, WORKER_PREFIX, workerKey } from './keys.ts';
import { everyRowBelow } from './reading.ts';
import { readRow } from './row.ts';

const PRESENT_MS = 30_000;
/** Long after it stopped mattering: DynamoDB's clock and ours may differ. */
const KEPT_MS = 60 * 60 * 1000;

const Report = z.object({ worker: z.string(), broker: z.enum(['up', 'down']), reported_at: z.iso.datetime() });

/** Signs of life in the table described in `keys.ts`. */
export function dynamoWorkerBoard(
  client: DynamoDBDocumentClient,
  table: string,
  now: () => Date = () => new Date(),
): WorkerBoard {
  return {
    async report(worker, { broker }) {
      const Item = {
        ...workerKey(worker),
        worker,
        broker,
        reported_at: now().toISOString(),
        [TTL_ATTRIBUTE]: epochAfter(now(), KEPT_MS),
      };
      await client.send(new PutCommand({ TableName: table, Item }));
    },

    async present() {
      const rows = await everyRowBelow(client, table, { pk: HEALTH_PK, prefix: WORKER_PREFIX });
      const since = new Date(now().getTime() - PRESENT_MS).toISOString();
      return rows
        .map((row) => readRow(Report, row))
        .filter(({ reported_at }) => reported_at >= since)
        .map(({ worker, broker }) => ({ worker, broker }));
    },
  };
}
