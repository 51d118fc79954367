import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { resources, TARGETS, templates } from './templates.fixture.ts';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
}

/** What a role may do: `action on resource`, with resources by their logical names. */
function rights(template: Template, role: string): string[] {
  return policies(template)
    .filter(([id]) => id.startsWith(`${role}Role`))
    .flatMap(([, statements]) => statements)
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => asList(Resource).map((resource) => `${action} on ${named(resource)}`)),
    )
    .sort();
}

function policies(template: Template): [string, Statement[]][] {
  return ['AWS::IAM::Policy', 'AWS::IAM::Role'].flatMap((type) =>
    resources(template, type).flatMap(([id, { Properties }]): [string, Statement[]][] => {
      const inline = (Properties.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
      const own = Properties.PolicyDocument as { Statement: Statement[] } | undefined;
      return [[id, [...(own?.Statement ?? []), ...inline.flatMap((policy) => policy.PolicyDocument.Statement)]]];
    }),
  );
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** `Uploads/uploads/*` for the objects of the bucket with that logical id, and so on. */
function named(value: unknown): string {
  if (typeof value === 'string') return value.replace(/^arn:.*:secret:.*$/, 'the broker secret');
  if (Array.isArray(value)) return value.map(named).join('');
  const [[name, content] = ['', '']] = Object.entries(value as object);
  if (name === 'Fn::Join') return named((content as unknown[])[1]);
  if (name === 'Fn::ImportValue')
    return /FnGetAtt(\w+?)[0-9A-F]{8}(Stream)?Arn/.exec(String(content))?.slice(1).join('') ?? '?';
  if (name === 'Fn::GetAtt') return String((content as string[])[0]).replace(/[0-9A-F]{8}$/, '');
  return String(content).replace(/[0-9A-F]{8}$/, '');
}

const SECRET = {
  brokerUrl: 'amqps://b:5671',
  brokerSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-Ab',
};
const READ_SECRET = 'secretsmanager:GetSecretValue on the broker secret';
const POST =
  'execute-api:ManageConnections on arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:SocketApi/live/POST/@connections/*';

const onTable = (...operations: string[]) => operations.map((operation) => `dynamodb:${operation} on Table`);
const onObjects = (bucket: string, keys: string[], ...verbs: string[]) =>
  verbs.flatMap((verb) => keys.map((key) => `s3:${verb} on ${bucket}/${key}`));
const list = (...buckets: string[]) => buckets.map((bucket) => `s3:ListBucket on ${bucket}`);
const logging = (name: string) => ['CreateLogStream', 'PutLogEvents'].map((action) => `logs:${action} on ${name}Logs`);

describe.each(TARGETS)('rights on %s', (target) => {
  const { api, all } = templates(target, SECRET);

  it('name their actions and their resources', () => {
    const granted = all
      .flatMap(policies)
      .flatMap(([, statements]) => statements)
      .filter(({ Effect }) => Effect === 'Allow');
    expect(granted.length).toBeGreaterThan(10);
    for (const { Action, Resource } of granted) {
      for (const action of [Action].flat()) expect(action).toMatch(/^[\w-]+:\w+$/);
      for (const resource of asList(Resource)) expect(named(resource)).not.toMatch(/^\*$|:\*$/);
    }
  });

  it('come from no managed policy', () => {
    const roles = all.flatMap((template) => resources(template, 'AWS::IAM::Role'));
    for (const [, role] of roles) expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it('let the API keep records, sign uploads, announce sources, delete videos', () => {
    expect(rights(api, 'Api')).toEqual(
      [
        ...onTable('GetItem', 'Query', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'),
        ...onObjects('Uploads', ['uploads/*'], 'GetObject', 'PutObject', 'DeleteObject'),
        ...onObjects('Uploads', ['uploads/*'], 'AbortMultipartUpload', 'ListMultipartUploadParts'),
        ...onObjects(
          'Files',
          ['processed_videos/*', 'metadata/*', 'source_videos/*', 'posters/*', 'attempts/*'],
          ...['GetObject', 'DeleteObject'],
        ),
        ...list('Uploads', 'Files'),
        'sqs:SendMessage on Sources',
        ...logging('Api'),
      ].sort(),
    );
  });

  it('let the WebSocket function keep connections and answer them', () => {
    expect(rights(api, 'Socket')).toEqual(
      [
        ...onTable('GetItem', 'Query', 'PutItem', 'DeleteItem', 'ConditionCheckItem', 'BatchWriteItem'),
        POST,
        ...logging('Socket'),
      ].sort(),
    );
  });

  it('let dispatch look at sources, move records forward, reach the broker', () => {
    const consume = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'];
    expect(rights(api, 'Dispatch')).toEqual(
      [
        ...onTable('GetItem', 'PutItem', 'UpdateItem'),
        ...onObjects('Uploads', ['uploads/*'], 'GetObject', 'DeleteObject'),
        ...list('Uploads'),
        READ_SECRET,
        ...consume.map((action) => `sqs:${action} on Sources`),
        ...logging('Dispatch'),
      ].sort(),
    );
  });

  it('let metadata read sources and write its documents', () => {
    expect(rights(api, 'Metadata')).toEqual(
      [
        ...onTable('GetItem', 'PutItem', 'UpdateItem'),
        ...onObjects('Uploads', ['uploads/*'], 'GetObject'),
        ...onObjects('Files', ['metadata/*'], 'GetObject', 'PutObject', 'DeleteObject'),
        ...list('Uploads', 'Files'),
        READ_SECRET,
        ...logging('Metadata'),
      ].sort(),
    );
  });

  it('let the sweeper see what is in flight, announce it anew, end it, reclaim its parts', () => {
    expect(rights(api, 'Sweep')).toEqual(
      [
        ...onTable('GetItem', 'PutItem', 'UpdateItem', 'Query', 'DeleteItem'),
        ...onObjects('Uploads', ['uploads/*'], 'GetObject', 'AbortMultipartUpload'),
        ...onObjects('Files', ['attempts/*'], 'DeleteObject'),
        ...list('Uploads', 'Files'),
        'sqs:SendMessage on Sources',
        READ_SECRET,
        ...logging('Sweep'),
      ].sort(),
    );
  });

  it('let notify follow the stream, find who listens, tell them, forget who is gone', () => {
    const stream = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
    const failures = ['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'];
    expect(rights(api, 'Notify')).toEqual(
      [
        ...onTable('GetItem', 'Query', 'BatchGetItem', 'DeleteItem', 'BatchWriteItem'),
        ...stream.map((action) => `dynamodb:${action} on TableStream`),
        ...failures.map((action) => `sqs:${action} on NotifyFailures`),
        POST,
        ...logging('Notify'),
      ].sort(),
    );
  });
});

describe('rights of the processes on one machine', () => {
  const { oneMachine } = templates('emulator', SECRET);
  if (!oneMachine) throw new Error('There is no stack for one machine.');

  it('let the enhancer read sources, stage and promote outputs, move records forward', () => {
    expect(rights(oneMachine, 'Enhancer')).toEqual(
      [
        ...onTable('GetItem', 'PutItem', 'UpdateItem', 'Query', 'DeleteItem'),
        ...onObjects('Uploads', ['uploads/*'], 'GetObject'),
        ...onObjects(
          'Files',
          ['attempts/*', 'processed_videos/*', 'source_videos/*', 'posters/*'],
          ...['GetObject', 'PutObject', 'DeleteObject', 'AbortMultipartUpload'],
        ),
        ...list('Uploads', 'Files'),
        READ_SECRET,
      ].sort(),
    );
  });

  it('let the edge read what is public', () => {
    expect(rights(oneMachine, 'Edge')).toEqual(
      [
        ...onObjects('Files', ['processed_videos/*', 'metadata/*', 'source_videos/*', 'posters/*'], 'GetObject'),
        ...onObjects('Site', ['*'], 'GetObject'),
        ...list('Files', 'Site'),
      ].sort(),
    );
  });

  it('let an operator give tasks another chance', () => {
    expect(rights(oneMachine, 'Operator')).toEqual(
      [...onTable('GetItem', 'PutItem', 'UpdateItem'), 'sqs:SendMessage on Sources', READ_SECRET].sort(),
    );
  });

  it('let the bridge call one function', () => {
    expect(rights(oneMachine, 'Bridge')).toEqual(['lambda:InvokeFunction on Metadata', READ_SECRET].sort());
  });
});
