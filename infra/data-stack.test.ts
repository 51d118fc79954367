import { describe, expect, it } from 'vitest';
import { type Resource, resource, resources, TARGETS, templates } from './templates.fixture.ts';

describe.each(TARGETS)('the data stack on %s', (target) => {
  const { data } = templates(target, { allowedOrigins: 'https://a.example,https://b.example' });
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
            'aws:SourceArn': {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':s3:::reelight-uploads-',
                  { Ref: 'AWS::AccountId' },
                  '-',
                  { Ref: 'AWS::Region' },
                ],
              ],
            },
          },
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        },
      }),
    ]);
    expect(bucket('Uploads').BucketName).toEqual({
      'Fn::Join': ['', ['reelight-uploads-', { Ref: 'AWS::AccountId' }, '-', { Ref: 'AWS::Region' }]],
    });
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
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: target === 'aws',
      },
    });
  });

  it('keeps data when the stack goes, but not what a first deployment that failed made', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::DynamoDB::Table']) {
      for (const [, kept] of resources(data, type)) expect(kept.DeletionPolicy).toBe('RetainExceptOnCreate');
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
    const { data, api } = templates('aws');
    const policies = resources(data, 'AWS::S3::BucketPolicy');
    expect(policies).toHaveLength(3);
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
    const everything = JSON.stringify(templates('emulator').all.map((template) => template.toJSON()));
    expect(everything).not.toContain('aws:SecureTransport');
  });
});

function rules(bucket: Record<string, unknown>): object[] {
  return (bucket.LifecycleConfiguration as { Rules: object[] }).Rules;
}

function statements(policy: Resource | undefined): { Effect: string }[] {
  return (policy?.Properties.PolicyDocument as { Statement: { Effect: string }[] } | undefined)?.Statement ?? [];
}
