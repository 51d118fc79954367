import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDocumentClient } from '../../adapters/dynamodb/client.ts';
import { createS3Client } from '../../adapters/s3/client.ts';

/** The emulator that this run of the suite started, as its root user. */
export function emulator() {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (!endpoint) throw new Error('AWS_ENDPOINT_URL names no emulator: run these tests by `npm test`.');
  return {
    endpoint,
    region: process.env.AWS_REGION ?? 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}

export interface FreshTable {
  client: DynamoDBDocumentClient;
  table: string;
  remove(): Promise<void>;
}

/** An empty table with the keys that the stores expect. */
export async function freshTable(): Promise<FreshTable> {
  const client = createDocumentClient(emulator());
  const table = `test-${randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: table });
  return {
    client,
    table,
    async remove() {
      await client.send(new DeleteTableCommand({ TableName: table }));
      client.destroy();
    },
  };
}

export interface FreshBucket {
  client: S3Client;
  bucket: string;
  /** Keys of multipart uploads that were neither completed nor aborted. */
  unfinished(): Promise<string[]>;
  remove(): Promise<void>;
}

/** An empty bucket. */
export async function freshBucket(): Promise<FreshBucket> {
  const client = createS3Client({ ...emulator(), forcePathStyle: true });
  const bucket = `test-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const uploads = async () => {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return Uploads.map(({ Key, UploadId }) => ({ Key: Key ?? '', UploadId }));
  };
  return {
    client,
    bucket,
    unfinished: async () => (await uploads()).map(({ Key }) => Key),
    async remove() {
      for (;;) {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
        if (Contents.length === 0) break;
        const Objects = Contents.map(({ Key }) => ({ Key }));
        await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
      }
      for (const upload of await uploads()) {
        await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, ...upload }));
      }
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      client.destroy();
    },
  };
}
