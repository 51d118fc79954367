import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { count, tally } from './tally.ts';

/** By the names of commands. https://aws.amazon.com/s3/pricing/: deleting and aborting are free. */
const S3_FREE = new Set(['DeleteObjectCommand', 'DeleteObjectsCommand', 'AbortMultipartUploadCommand']);
const S3_READS = new Set(['GetObjectCommand', 'HeadObjectCommand']);

/** Counts each request that is sent to S3, repeats too. Answers the client. */
export function countingS3<Client extends S3Client>(client: Client): Client {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        if (S3_READS.has(commandName)) count({ s3_reads: 1 });
        else if (!S3_FREE.has(commandName)) count({ s3_writes: 1 });
        return next(args);
      },
    // After what repeats requests, so once for each.
    { name: 'countRequests', step: 'finalizeRequest', priority: 'low' },
  );
  return client;
}

/** Has DynamoDB say what each request took, and adds it up. Answers the client. */
export function countingTable<Client extends DynamoDBClient>(client: Client): Client {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (!tally.getStore()) return next(args);
        const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
        const units = unitsOf((answer.output as { ConsumedCapacity?: Capacity | Capacity[] }).ConsumedCapacity);
        count(READING.test(commandName) ? { table_reads: units } : { table_writes: units });
        return answer;
      },
    { name: 'countUnits', step: 'initialize' },
  );
  return client;
}

interface Capacity {
  CapacityUnits?: number;
}

const READING = /^(Get|Query|Scan|BatchGet|TransactGet)/;

function unitsOf(consumed: Capacity | Capacity[] | undefined): number {
  return [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
