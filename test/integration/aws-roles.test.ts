import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { GetItemCommand, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { App, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { grantBacklog, grantRotation, grantSigningKey, grantTopology } from '../../infra/grants.ts';
import { asRole, type Clients, DENIED, outcome, region } from './roles.ts';

/*
 * What only AWS has: functions that declare the broker's queues, change its password, make the signing key and count what
 * is to be done. Their roles are made here of the very grants that their stacks have. That the recorder of traces may do
 * nothing but write traces, infra/grants.test.ts holds: no resource of it has a name that could be refused.
 */

const outputs = inject('outputs');
const account = '000000000000';
const run = randomUUID().slice(0, 8);
const arnOf = (role: string) => `arn:aws:iam::${account}:role/${role}-${run}`;
const cloudFormation = new CloudFormationClient({ region });
const secrets = new SecretsManagerClient({ region });
const SECRETS = { login: `login-${run}`, key: `key-${run}` };

type Act = (clients: Clients) => Promise<unknown>;

const row = { pk: { S: 'VIDEO#none' }, sk: { S: 'VIDEO#none' } };
const TableName = outputs.TableName;
const get: Act = ({ table }) => table.send(new GetItemCommand({ TableName, Key: row }));
const query: Act = ({ table }) =>
  table.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'VIDEO#none' } },
    }),
  );
const scan: Act = ({ table }) => table.send(new ScanCommand({ TableName }));
const put: Act = ({ table }) => table.send(new PutItemCommand({ TableName, Item: row }));
const readSource: Act = ({ s3 }) =>
  s3.send(new GetObjectCommand({ Bucket: outputs.UploadsBucket, Key: 'uploads/none' }));
const writeResult: Act = ({ s3 }) =>
  s3.send(new PutObjectCommand({ Bucket: outputs.FilesBucket, Key: 'processed_videos/none', Body: 'x' }));
const read =
  (which: keyof typeof SECRETS): Act =>
  ({ secrets }) =>
    secrets.send(new GetSecretValueCommand({ SecretId: SECRETS[which] }));
const change =
  (which: keyof typeof SECRETS): Act =>
  ({ secrets }) =>
    secrets.send(new PutSecretValueCommand({ SecretId: SECRETS[which], SecretString: 'other' }));
const describeLogin: Act = ({ secrets }) => secrets.send(new DescribeSecretCommand({ SecretId: SECRETS.login }));

/** By function: what its work takes, and what would be another's. */
const ROLES: Record<string, { may: Record<string, Act>; mayNot: Record<string, Act> }> = {
  Backlog: {
    may: { 'look at videos': get, 'go through what is in flight': query },
    mayNot: {
      'scan the table': scan,
      'write rows': put,
      'read sources': readSource,
      'read the broker’s password': read('login'),
    },
  },
  Topology: {
    may: { 'read the broker’s password': read('login') },
    mayNot: { 'change it': change('login'), 'read the signing key': read('key'), 'read records': get },
  },
  Rotate: {
    may: {
      'look at the broker’s password': describeLogin,
      'read it': read('login'),
      'change it': change('login'),
    },
    mayNot: {
      'read the signing key': read('key'),
      'change the signing key': change('key'),
      'read records': get,
      'write results': writeResult,
    },
  },
  SigningKey: {
    may: { 'read its key': read('key'), 'write it down': change('key') },
    mayNot: {
      'read the broker’s password': read('login'),
      'change the broker’s password': change('login'),
      'read records': get,
    },
  },
};

/** The template of a stack that has these roles, each with its grants. */
async function templateWith(login: string, key: string): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'roles-'));
  try {
    const app = new App({ outdir });
    const stack = new Stack(app, 'Roles', { env: { account, region } });
    const table = dynamodb.Table.fromTableName(stack, 'Table', TableName) as dynamodb.Table;
    const role = (id: string) =>
      new iam.Role(stack, id, { roleName: `${id}-${run}`, assumedBy: new iam.AccountRootPrincipal() });
    // Of the estate, all that it touches.
    grantBacklog(role('Backlog'), { table } as Parameters<typeof grantBacklog>[1]);
    grantTopology(role('Topology'), login);
    grantRotation(role('Rotate'), login);
    grantSigningKey(role('SigningKey'), key);
    const { Resources } = app.synth().getStackByName('Roles').template as {
      Resources: Record<string, { Type: string }>;
    };
    const own = Object.entries(Resources).filter(([, { Type }]) => Type.startsWith('AWS::IAM::'));
    return JSON.stringify({ Resources: Object.fromEntries(own) });
  } finally {
    await rm(outdir, { recursive: true });
  }
}

beforeAll(async () => {
  const make = async (Name: string) =>
    (await secrets.send(new CreateSecretCommand({ Name, SecretString: 'first' }))).ARN ?? '';
  const TemplateBody = await templateWith(await make(SECRETS.login), await make(SECRETS.key));
  const StackName = `roles-${run}`;
  await cloudFormation.send(
    new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
  );
  await waitUntilStackCreateComplete(
    { client: cloudFormation, maxWaitTime: 60, minDelay: 1, maxDelay: 2 },
    { StackName },
  );
}, 90_000);

afterAll(async () => {
  await cloudFormation.send(new DeleteStackCommand({ StackName: `roles-${run}` }));
  for (const SecretId of Object.values(SECRETS)) {
    await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  }
});

describe.each(Object.keys(ROLES))('the role of %s', (name) => {
  let clients: Clients;
  beforeAll(async () => {
    clients = await asRole(arnOf(name));
  });

  it.each(Object.entries(ROLES[name]?.may ?? {}))('lets it %s', async (_, act) => {
    expect(await outcome(act(clients))).toBe('allowed');
  });

  it.each(Object.entries(ROLES[name]?.mayNot ?? {}))('does not let it %s', async (_, act) => {
    expect(await outcome(act(clients))).toMatch(DENIED);
  });
});
