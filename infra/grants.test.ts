import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { type Deployment, resources, SIGN_IN, template, templates } from './templates.fixture.ts';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

/** What a role may do: `action on resource`, with resources by their logical names. */
function rights(template: Template, role: string): string[] {
  return policies(template)
    .filter(([id]) => id.startsWith(`${role}Role`))
    .flatMap(([, statements]) => statements)
    .filter(({ Effect }) => Effect === 'Allow')
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
  if (name === 'Fn::ImportValue') {
    if (/:ExportsOutputRefLogin/.test(String(content))) return 'the broker secret';
    return /FnGetAtt(\w+?)(?:[0-9A-F]{8})?(Stream)?Arn[0-9A-F]{8}/.exec(String(content))?.slice(1).join('') ?? '?';
  }
  if (name === 'Fn::GetAtt') return String((content as string[])[0]).replace(/[0-9A-F]{8}$/, '');
  return String(content).replace(/[0-9A-F]{8}$/, '');
}

const SECRET = {
  brokerUrl: 'amqps://b:5671',
  brokerSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-Ab',
};
const READ_SECRET = 'secretsmanager:GetSecretValue on the broker secret';
const onTable = (...operations: string[]) => operations.map((operation) => `dynamodb:${operation} on Table`);
const onObjects = (bucket: string, keys: string[], ...verbs: string[]) =>
  verbs.flatMap((verb) => keys.map((key) => `s3:${verb} on ${bucket}/${key}`));
const list = (...buckets: string[]) => buckets.map((bucket) => `s3:ListBucket on ${bucket}`);
const logging = (name: string) => ['CreateLogStream', 'PutLogEvents'].map((action) => `logs:${action} on ${name}Logs`);

/** The construct library's own, which run only while a stack changes. */
const isHelper = (id: string) => /^Custom(S3AutoDeleteObjects|CDKBucketDeployment)/.test(id);

/** `action on *` for every right that names no resource. */
function unnamed(deployment: Deployment, settings = {}): string[] {
  const granted = Object.values(templates(deployment, settings))
    .flatMap(policies)
    .filter(([id]) => !isHelper(id))
    .flatMap(([, statements]) => statements)
    .filter(({ Effect }) => Effect === 'Allow');
  expect(granted.length).toBeGreaterThan(10);
  for (const { Action } of granted) for (const action of [Action].flat()) expect(action).toMatch(/^[\w-]+:\w+$/);
  const without = granted.filter(({ Resource }) => asList(Resource).some((of) => /^\*$|:\*$/.test(named(of))));
  return [...new Set(without.flatMap(({ Action }) => [Action].flat()))].sort();
}

describe('rights', () => {
  it('name their actions and their resources, but for what has no name', () => {
    expect(unnamed('emulator', SECRET)).toEqual([]);
    const traces = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
    expect(unnamed('dev')).toEqual(['ecr:GetAuthorizationToken', ...traces]);
    const interfaces = [
      ...['AssignPrivateIpAddresses', 'CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces'],
      ...['DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcs', 'UnassignPrivateIpAddresses'],
    ].map((action) => `ec2:${action}`);
    expect(unnamed('prod')).toEqual([...interfaces, 'ecr:GetAuthorizationToken', ...traces].sort());
  });

  it.each(['dev', 'emulator'] as const)('come from no managed policy in %s', (deployment) => {
    const roles = Object.values(templates(deployment)).flatMap((template) => resources(template, 'AWS::IAM::Role'));
    for (const [id, role] of roles) {
      if (!isHelper(id)) expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  it('to make network interfaces are for Lambda, not for the function it makes them for', () => {
    const inside = ['Dispatch', 'Metadata', 'Sweep'];
    for (const name of [...inside, 'Api', 'Notify', 'Socket']) {
      const statements = policies(template('prod', 'api')).find(([id]) => id.startsWith(`${name}RoleDefault`))?.[1];
      const denied = statements?.filter(({ Effect }) => Effect === 'Deny') ?? [];
      expect(denied.length > 0).toBe(inside.includes(name));
      for (const { Action, Condition } of denied) {
        expect(Action).toContain('ec2:CreateNetworkInterface');
        expect(JSON.stringify(Condition)).toMatch(/"ArnLike":\{"lambda:SourceFunctionArn":.*:function:\*/);
      }
    }
  });
});

it('to remove single rows go by what the row is for', () => {
  const below = (template: Template, role: string) =>
    policies(template)
      .filter(([id]) => id.startsWith(`${role}Role`))
      .flatMap(([, statements]) => statements)
      .filter(({ Action }) => Action === 'dynamodb:DeleteItem');
  const only = (keys: string) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] } });
  const signedIn = template('emulator', 'api', { ...SECRET, ...SIGN_IN });
  expect(below(signedIn, 'Admit')).toMatchObject([{ Effect: 'Allow', Condition: only('TICKET#*') }]);
  expect(rights(signedIn, 'Admit')).toEqual([...onTable('DeleteItem'), ...logging('Admit')].sort());
  expect(below(template('emulator', 'oneMachine', SECRET), 'Enhancer')).toMatchObject([
    { Effect: 'Allow', Condition: only('PIECES#*') },
  ]);
});

describe.each(['dev', 'emulator'] as const)('rights in %s', (deployment) => {
  const api = template(deployment, 'api', deployment === 'emulator' ? SECRET : { tracing: false });
  const onAws = deployment === 'dev';
  const POST = `execute-api:ManageConnections on ${onAws ? 'arn:aws:execute-api:us-east-1' : 'arn:AWS::Partition:execute-api:AWS::Region'}:AWS::AccountId:SocketApi/live/POST/@connections/*`;

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
        ...(onAws ? ['mq:DescribeBroker on Broker'] : []),
        ...logging('Metadata'),
      ].sort(),
    );
  });

  it('let the sweeper see what is in flight, announce it anew, end it, reclaim its parts', () => {
    expect(rights(api, 'Sweep')).toEqual(
      [
        ...onTable('GetItem', 'PutItem', 'UpdateItem', 'Query', 'DeleteItem'),
        ...onObjects('Uploads', ['uploads/*'], 'GetObject', 'AbortMultipartUpload'),
        ...onObjects(
          'Files',
          ['attempts/*', 'metadata/*', 'posters/*', 'processed_videos/*', 'source_videos/*'],
          'DeleteObject',
        ),
        ...onObjects(
          'Files',
          ['attempts/*', 'posters/*', 'processed_videos/*', 'source_videos/*'],
          'AbortMultipartUpload',
        ),
        's3:ListBucketMultipartUploads on Files',
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
  const oneMachine = template('emulator', 'oneMachine', SECRET);

  it('let the enhancer read sources, stage and promote outputs, move records forward', () => {
    expect(rights(oneMachine, 'Enhancer')).toEqual(
      [
        ...onTable('GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem', 'Query', 'DeleteItem'),
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

describe('rights that only AWS knows', () => {
  const workers = template('dev', 'workers', { tracing: false });
  const broker = template('dev', 'broker', { tracing: false });

  it('let a worker do what it does on one machine, and protect itself', () => {
    const task = policies(workers).find(([id]) => id.startsWith('EnhancerTaskRole'))?.[1] ?? [];
    const actions = (statements: Statement[]) => statements.flatMap(({ Action }) => Action).sort();
    const elsewhere = policies(template('emulator', 'oneMachine', SECRET)).find(([id]) =>
      id.startsWith('EnhancerRole'),
    );
    const protection = ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'];
    expect(actions(task)).toEqual([...actions(elsewhere?.[1] ?? []), ...protection].sort());
    expect(named(task.find(({ Action }) => Action.includes('ecs:GetTaskProtection'))?.Resource)).toBe(
      'arn:aws:ecs:us-east-1:AWS::AccountId:task/Cluster/*',
    );
  });

  it('let the backlog be counted', () => {
    expect(rights(workers, 'Backlog')).toEqual([...onTable('GetItem', 'Query'), ...logging('Backlog')].sort());
  });

  it('let the signing key be made, and traces be written', () => {
    // As it comes from another stack, the secret has no name here but that of what exports it.
    const policy = policies(template('prod', 'delivery', { tracing: false })).find(([id]) =>
      id.startsWith('SigningKeyRole'),
    );
    const statements = (policy?.[1] ?? []).filter(({ Action }) => !JSON.stringify(Action).includes('logs:'));
    expect(statements.map(({ Action, Resource }) => [Action, JSON.stringify(Resource)])).toEqual([
      [
        ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        expect.stringMatching(/"Fn::ImportValue":"reelight-api:ExportsOutputRefSigningSecret\w+"/),
      ],
    ]);
    const traces = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'].map((action) => `${action} on *`);
    expect(rights(template('prod', 'watch'), 'Traces')).toEqual([...logging('Traces'), ...traces].sort());
  });

  it('let the queues be declared and the login be changed', () => {
    const login = (...operations: string[]) => operations.map((operation) => `secretsmanager:${operation} on Login`);
    expect(rights(broker, 'Topology')).toEqual([...login('GetSecretValue'), ...logging('Topology')].sort());
    expect(rights(broker, 'Rotate')).toEqual(
      [
        ...login('DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'),
        ...logging('Rotate'),
      ].sort(),
    );
  });
});
