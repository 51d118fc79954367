import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, paginateListSecrets, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { asRole, type Clients, DENIED, outcome, region } from './roles.ts';

/* IAM is on: what each function needs its own role is given, and what the others' work needs it is refused. */

const outputs = inject('outputs');
let brokerSecret = '';

type Act = (clients: Clients) => Promise<unknown>;

const TableName = outputs.TableName;
const row = (pk: string, sk = pk) => ({ pk: { S: pk }, sk: { S: sk } }) satisfies Record<string, AttributeValue>;
const get: Act = ({ table }) => table.send(new GetItemCommand({ TableName, Key: row('VIDEO#none') }));
const scan: Act = ({ table }) => table.send(new ScanCommand({ TableName }));
const putRow: Act = ({ table }) => table.send(new PutItemCommand({ TableName, Item: row('TEST#roles') }));
const update: Act = ({ table }) =>
  table.send(
    new UpdateItemCommand({
      TableName,
      Key: row('TEST#roles'),
      UpdateExpression: 'SET a = :a',
      ExpressionAttributeValues: { ':a': { S: 'a' } },
    }),
  );
const query: Act = ({ table }) =>
  table.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'TEST#roles' } },
    }),
  );
const removeRow =
  (pk: string): Act =>
  ({ table }) =>
    table.send(new DeleteItemCommand({ TableName, Key: row(pk) }));
const read =
  (bucket: 'UploadsBucket' | 'FilesBucket', Key: string): Act =>
  ({ s3 }) =>
    s3.send(new GetObjectCommand({ Bucket: outputs[bucket], Key }));
const write =
  (bucket: 'UploadsBucket' | 'FilesBucket' | 'SiteBucket', Key: string): Act =>
  ({ s3 }) =>
    s3.send(new PutObjectCommand({ Bucket: outputs[bucket], Key, Body: 'x' }));
const remove =
  (bucket: 'UploadsBucket' | 'FilesBucket' | 'SiteBucket', Key: string): Act =>
  ({ s3 }) =>
    s3.send(new DeleteObjectCommand({ Bucket: outputs[bucket], Key }));
const password: Act = ({ secrets }) => secrets.send(new GetSecretValueCommand({ SecretId: brokerSecret }));
const announce: Act = ({ sqs }) =>
  sqs.send(new SendMessageCommand({ QueueUrl: outputs.SourceQueueUrl, MessageBody: '{"Records":[]}' }));
const call: Act = ({ lambda }) => lambda.send(new InvokeCommand({ FunctionName: outputs.MetadataFunctionName }));

/** By function: what its work takes, and what would be another's. */
const ROLES: Record<string, { may: Record<string, Act>; mayNot: Record<string, Act> }> = {
  Api: {
    may: { 'read records': get, 'sign uploads': write('UploadsBucket', 'uploads/roles'), 'announce sources': announce },
    mayNot: {
      'scan the table': scan,
      'write results': write('FilesBucket', 'processed_videos/roles'),
      'read the broker’s password': password,
      'call functions': call,
    },
  },
  Socket: {
    may: { 'keep connections': putRow, 'find subscriptions': query },
    mayNot: {
      'change records': update,
      'read sources': read('UploadsBucket', 'uploads/none'),
      'announce sources': announce,
      'read the broker’s password': password,
    },
  },
  Admit: {
    may: { 'take a ticket': removeRow('TICKET#none') },
    // That it may not remove other rows, `infra/grants.test.ts` holds: the emulator does not know `dynamodb:LeadingKeys`.
    mayNot: {
      'read records': get,
      'make tickets': putRow,
      'read files': read('FilesBucket', 'processed_videos/none'),
    },
  },
  Dispatch: {
    may: { 'read records': get, 'change records': update, 'read the broker’s password': password },
    mayNot: {
      'remove records': removeRow('VIDEO#none'),
      'write sources': write('UploadsBucket', 'uploads/roles'),
      'write results': write('FilesBucket', 'processed_videos/roles'),
      'scan the table': scan,
    },
  },
  Metadata: {
    may: { 'write documents': write('FilesBucket', 'metadata/roles'), 'change records': update },
    mayNot: {
      'write results': write('FilesBucket', 'processed_videos/roles'),
      'remove sources': remove('UploadsBucket', 'uploads/none'),
      'remove records': removeRow('VIDEO#none'),
    },
  },
  Notify: {
    may: { 'find who follows': query, 'forget who is gone': removeRow('CONNECTION#none') },
    mayNot: {
      'write rows': putRow,
      'change records': update,
      'read files': read('FilesBucket', 'metadata/none'),
      'read the broker’s password': password,
    },
  },
  Sweep: {
    may: { 'find what is in flight': query, 'tidy up': remove('FilesBucket', 'attempts/none'), announce: announce },
    mayNot: {
      'scan the table': scan,
      'write results': write('FilesBucket', 'processed_videos/roles'),
      'remove sources': remove('UploadsBucket', 'uploads/none'),
      'change the pages': write('SiteBucket', 'index.html'),
    },
  },
};

const names = Object.keys(ROLES).filter((name) => name !== 'Admit' || process.env.AUTH === 'oidc');
const roles = new Map<string, string>();

beforeAll(async () => {
  for await (const { Functions = [] } of paginateListFunctions({ client: new LambdaClient({ region }) }, {})) {
    for (const { FunctionName = '', Role = '' } of Functions) {
      const name = names.find((each) => FunctionName.startsWith(`reelight-api-${each}`));
      if (name) roles.set(name, Role);
    }
  }
  for await (const { SecretList = [] } of paginateListSecrets({ client: new SecretsManagerClient({ region }) }, {})) {
    brokerSecret ||= SecretList.find(({ Name = '' }) => /broker/i.test(Name))?.ARN ?? '';
  }
});

afterAll(async () => {
  await new DynamoDBClient({ region }).send(new DeleteItemCommand({ TableName, Key: row('TEST#roles') }));
  const s3 = new S3Client({ region, forcePathStyle: true });
  await s3.send(new DeleteObjectCommand({ Bucket: outputs.UploadsBucket, Key: 'uploads/roles' }));
  await s3.send(new DeleteObjectCommand({ Bucket: outputs.FilesBucket, Key: 'metadata/roles' }));
});

describe.each(names)('the role of %s', (name) => {
  let clients: Clients;
  beforeAll(async () => {
    clients = await asRole(roles.get(name));
  });

  it.each(Object.entries(ROLES[name]?.may ?? {}))('lets it %s', async (_, act) => {
    expect(await outcome(act(clients))).toBe('allowed');
  });

  it.each(Object.entries(ROLES[name]?.mayNot ?? {}))('does not let it %s', async (_, act) => {
    expect(await outcome(act(clients))).toMatch(DENIED);
  });
});
