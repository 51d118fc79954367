import { describe, expect, it } from 'vitest';
import { type Resource, resource, resources, TARGETS, template, templates } from './templates.fixture.ts';

describe.each(TARGETS)('the data stack of %s', (deployment) => {
  const onAws = deployment !== 'emulator';
  const settings = { allowedOrigins: 'https://a.example,https://b.example', ...(onAws && { accessLogs: false }) };
  const data = template(deployment, 'data', settings);
  // A template that knows where it goes says so.
  const name = ':s3:::reelight-uploads-';
  const arn = onAws ? [`arn:aws${name}`] : ['arn:', { Ref: 'AWS::Partition' }, name];
  const here = onAws ? ['-us-east-1'] : ['-', { Ref: 'AWS::Region' }];
  const buckets = resources(data, 'AWS::S3::Bucket');
  const bucket = (id: string) => resource(data, 'AWS::S3::Bucket', id).Properties;

  it('keeps three buckets, closed to the public, encrypted, owned by the account', () => {
    expect(buckets.map(([id]) => id.slice(0, -8)).sort()).toEqual(['Files', 'Site', 'Uploads']);
    for (const [, { Properties }] of buckets) {
      expect(Properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      });
    }
  });

  it('aborts stale multipart uploads in every bucket after two days', () => {
    for (const [, { Properties }] of buckets) {
      expect(rules(Properties)).toContainEqual(
        expect.objectContaining({ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }),
      );
    }
  });

  it('expires what workers left behind after a week, and nothing else', () => {
    const expiring = buckets.flatMap(([, { Properties }]) =>
      rules(Properties).filter((rule) => 'ExpirationInDays' in rule),
    );
    expect(expiring).toEqual([{ Id: 'expire-attempts', Prefix: 'attempts/', ExpirationInDays: 7, Status: 'Enabled' }]);
    expect(rules(bucket('Files'))).toContainEqual(expiring[0]);
  });

  it('lets pages of the allowed origins PUT to signed URLs and read ETags', () => {
    expect(bucket('Uploads').CorsConfiguration).toEqual({
      CorsRules: [
        {
          AllowedOrigins: ['https://a.example', 'https://b.example'],
          AllowedMethods: ['PUT'],
          AllowedHeaders: ['content-type', 'if-none-match', 'x-amz-*'],
          ExposedHeaders: ['ETag'],
          MaxAge: 3600,
        },
      ],
    });
    expect(bucket('Files')).not.toHaveProperty('CorsConfiguration');
  });

  it('tells the queue of sources, after its policy allows that', () => {
    const uploads = resource(data, 'AWS::S3::Bucket', 'Uploads');
    const [policyId] = policyOf('Sources') ?? [];
    const [queueId] = resources(data, 'AWS::SQS::Queue').find(([id]) => /^Sources(?!Dead)/.test(id)) ?? [];
    expect(uploads.Properties.NotificationConfiguration).toEqual({
      QueueConfigurations: [
        {
          Event: 's3:ObjectCreated:*',
          Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'uploads/' }] } },
          Queue: { 'Fn::GetAtt': [queueId, 'Arn'] },
        },
      ],
    });
    expect(uploads.DependsOn).toContain(policyId);
    expect(resources(data, 'Custom::S3BucketNotifications')).toEqual([]);
  });

  it('lets nobody but S3, for this bucket of this account, send to the queue', () => {
    const allowed = statements(policyOf('Sources')?.[1]).filter(({ Effect }) => Effect === 'Allow');
    expect(allowed).toEqual([
      expect.objectContaining({
        Action: 'sqs:SendMessage',
        Principal: { Service: 's3.amazonaws.com' },
        Condition: {
          ArnEquals: {
            'aws:SourceArn': join(...arn, { Ref: 'AWS::AccountId' }, ...here),
          },
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        },
      }),
    ]);
    expect(bucket('Uploads').BucketName).toEqual(join('reelight-uploads-', { Ref: 'AWS::AccountId' }, ...here));
  });

  it('has one table: keys, stream of both images, expiry, recovery to any point, pay per request', () => {
    expect(resource(data, 'AWS::DynamoDB::Table', 'Table')).toMatchObject({
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: 'expires_at_epoch', Enabled: true },
        PointInTimeRecoverySpecification: {
          PointInTimeRecoveryEnabled: true,
          ...(onAws && { RecoveryPeriodInDays: 35 }),
        },
        DeletionProtectionEnabled: onAws,
      },
    });
  });

  it('keeps data when the stack goes, but not what a first deployment that failed made', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::DynamoDB::Table']) {
      for (const [id, kept] of resources(data, type)) {
        // The page is made anew by every deployment.
        const goes = onAws && id.startsWith('Site');
        expect(kept.DeletionPolicy).toBe(goes ? 'Delete' : 'RetainExceptOnCreate');
      }
    }
  });

  it('gives a failed message again after a minute, half an hour long, then keeps it for a fortnight', () => {
    const dead = resources(data, 'AWS::SQS::Queue').find(([id]) => id.startsWith('SourcesDead'));
    expect(dead?.[1].Properties).toMatchObject({ MessageRetentionPeriod: 14 * 24 * 3600, SqsManagedSseEnabled: true });
    data.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 60,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: 30, deadLetterTargetArn: { 'Fn::GetAtt': [dead?.[0], 'Arn'] } },
    });
  });

  it('gives its outputs exactly their names', () => {
    const own = Object.keys(data.findOutputs('*')).filter((key) => !key.startsWith('ExportsOutput'));
    expect(own.sort()).toEqual(
      ['FilesBucket', 'SiteBucket', 'SourceQueueArn', 'SourceQueueUrl', 'TableName', 'UploadsBucket'].sort(),
    );
  });

  function policyOf(queue: string) {
    return resources(data, 'AWS::SQS::QueuePolicy').find(([id]) => id.startsWith(`${queue}Policy`));
  }
});

describe('TLS', () => {
  const denied = { Effect: 'Deny', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

  it('is the only way in on AWS, to buckets and queues', () => {
    const { data, api } = { data: template('prod', 'data'), api: template('prod', 'api') };
    const policies = resources(data, 'AWS::S3::BucketPolicy');
    expect(policies).toHaveLength(4);
    for (const [, policy] of policies) {
      expect(statements(policy)).toContainEqual(expect.objectContaining({ ...denied, Action: 's3:*' }));
      expect(statements(policy)).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
      );
    }
    const queues = [data, api].flatMap((template) => resources(template, 'AWS::SQS::QueuePolicy'));
    expect(queues).toHaveLength([data, api].flatMap((template) => resources(template, 'AWS::SQS::Queue')).length);
    for (const [, policy] of queues) {
      expect(statements(policy)).toContainEqual(expect.objectContaining({ ...denied, Action: 'sqs:*' }));
    }
  });

  it('is not asked for on the emulator, which has none and would refuse everything', () => {
    const everything = JSON.stringify(Object.values(templates('emulator')).map((template) => template.toJSON()));
    expect(everything).not.toContain('aws:SecureTransport');
  });
});

describe('the buckets on AWS', () => {
  it('let CloudFront read what is public, and nobody else anything', () => {
    const data = template('prod', 'data');
    const allowed = resources(data, 'AWS::S3::BucketPolicy').flatMap(([id, policy]) =>
      statements(policy)
        .filter(({ Effect }) => Effect === 'Allow')
        .map((statement) => ({ id: id.replace(/Policy.*/, ''), ...(statement as Statement) })),
    );
    const cloudFront = allowed.filter(({ Principal }) => Principal?.Service === 'cloudfront.amazonaws.com');
    const distributions = join('arn:aws:cloudfront::', { Ref: 'AWS::AccountId' }, ':distribution/*');
    for (const { Action, Condition } of cloudFront) {
      expect(Action).toBe('s3:GetObject');
      expect(Condition).toEqual({ ArnLike: { 'aws:SourceArn': distributions } });
    }
    const read = cloudFront.map(({ id, Resource }) => [id, JSON.stringify(Resource).match(/\/[a-z_]*\/?\*/g)]);
    expect(Object.fromEntries(read)).toEqual({
      Files: ['/metadata/*', '/posters/*', '/processed_videos/*', '/source_videos/*'],
      Site: ['/*'],
    });
    // What is left is S3 writing down who asked, and what empties the one bucket that goes with its stack.
    const others = allowed.filter(
      ({ id, Principal }) =>
        Principal?.Service !== 'cloudfront.amazonaws.com' &&
        !(id === 'Site' && JSON.stringify(Principal).includes('S3AutoDeleteObjects')),
    );
    for (const { id, Principal, Action } of others) {
      expect([id, Principal?.Service, Action]).toEqual(['AccessLogs', 'logging.s3.amazonaws.com', 's3:PutObject']);
    }
  });

  it('write down who asked for what, as long as logs are kept, where that is asked for', () => {
    const data = template('prod', 'data');
    const [[logs] = ['']] = resources(data, 'AWS::S3::Bucket').filter(([id]) => id.startsWith('AccessLogs'));
    for (const id of ['Uploads', 'Files', 'Site']) {
      expect(resource(data, 'AWS::S3::Bucket', id).Properties.LoggingConfiguration).toEqual({
        DestinationBucketName: { Ref: logs },
        LogFilePrefix: `s3/${id.toLowerCase()}/`,
      });
    }
    expect(rules(resource(data, 'AWS::S3::Bucket', 'AccessLogs').Properties)).toEqual([
      { Id: 'expire-logs', ExpirationInDays: 90, Status: 'Enabled' },
    ]);
    expect(JSON.stringify(template('dev', 'data').toJSON())).not.toContain('LoggingConfiguration');
  });

  it('go with their stack, and the table with them, where nothing is to be kept', () => {
    const data = template('dev', 'data');
    const kept = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table'].flatMap((type) => resources(data, type));
    expect(kept).toHaveLength(4);
    for (const [, { DeletionPolicy }] of kept) expect(DeletionPolicy).toBe('Delete');
    expect(resources(data, 'Custom::S3AutoDeleteObjects')).toHaveLength(3);
    expect(resource(data, 'AWS::DynamoDB::Table', 'Table').Properties.DeletionProtectionEnabled).toBe(false);
  });
});

interface Statement {
  Effect: string;
  Principal?: { Service?: string };
  Action?: string;
  Resource?: unknown;
  Condition?: object;
}

function join(...parts: unknown[]) {
  return { 'Fn::Join': ['', parts] };
}

function rules(bucket: Record<string, unknown>): object[] {
  return (bucket.LifecycleConfiguration as { Rules: object[] }).Rules;
}

function statements(policy: Resource | undefined): { Effect: string }[] {
  return (policy?.Properties.PolicyDocument as { Statement: { Effect: string }[] } | undefined)?.Statement ?? [];
}
