import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { AwsConfig, Config } from './config.ts';
import { grantCloudFront } from './grants.ts';
import { type BUCKETS, bucketName } from './names.ts';

/** How long one run of the dispatch function may take. */
export const DISPATCH_TIMEOUT = Duration.seconds(10);
/** Lambda's advice for queues that it polls: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY_FACTOR = 6;
/** Dispatch fails while the broker is away: half an hour of that, at a try a minute, must lose nothing. */
const MAX_RECEIVES = 30;

/** What stays: the table, the buckets, and the queue of sources that have arrived. */
export class DataStack extends Stack {
  readonly table: dynamodb.Table;
  /** Sources, sent by browsers straight to `uploads/…`. */
  readonly uploads: s3.Bucket;
  /** What workers write, public and not yet public. */
  readonly files: s3.Bucket;
  /** The page, and the scripts of the API's documentation. */
  readonly site: s3.Bucket;
  readonly sourceQueue: sqs.Queue;
  /** Where messages end that could not be dispatched. */
  readonly deadSources: sqs.Queue;
  /** Who fetched what, where that is written down. */
  readonly accessLogs: s3.IBucket | undefined;

  constructor(scope: Construct, id: string, props: StackProps & { config: Config }) {
    super(scope, id, props);
    const { config } = props;
    this.accessLogs = config.target === 'aws' && config.accessLogs ? this.logBucket(config) : undefined;
    const bucket = (id: string, bucketName: string, bucketProps: s3.BucketProps) =>
      new s3.Bucket(this, id, {
        bucketName,
        ...closed(config),
        objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        ...(this.accessLogs && {
          serverAccessLogsBucket: this.accessLogs,
          serverAccessLogsPrefix: `s3/${id.toLowerCase()}/`,
        }),
        ...removal(config),
        ...bucketProps,
        lifecycleRules: [
          { id: 'abort-stale-multipart-uploads', abortIncompleteMultipartUploadAfter: Duration.days(2) },
          ...(bucketProps.lifecycleRules ?? []),
        ],
      });

    this.table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expires_at_epoch',
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        ...(config.target === 'aws' && { recoveryPeriodInDays: config.recoveryDays }),
      },
      deletionProtection: config.target === 'aws' && config.keepData,
      removalPolicy: removal(config).removalPolicy,
    });

    this.uploads = bucket('Uploads', this.bucketNamed('uploads', config), { cors: [browserUploads(config)] });
    this.files = bucket('Files', this.bucketNamed('files', config), {
      // Workers remove what they staged; this is for what one left behind when it died.
      lifecycleRules: [{ id: 'expire-attempts', prefix: 'attempts/', expiration: Duration.days(7) }],
    });
    // Made anew by every deployment.
    this.site = bucket('Site', this.bucketNamed('site', config), config.target === 'aws' ? GOES_WITH_ITS_STACK : {});
    if (config.target === 'aws') {
      grantCloudFront(this.files, this.site);
      if (!config.accessLogs) acknowledge(this, 'AwsSolutions-S1', 'Access logs are off by setting (accessLogs).');
    }

    this.deadSources = new sqs.Queue(this, 'SourcesDead', queueDefaults(config));
    this.sourceQueue = new sqs.Queue(this, 'Sources', {
      visibilityTimeout: Duration.seconds(DISPATCH_TIMEOUT.toSeconds() * VISIBILITY_FACTOR),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadSources, maxReceiveCount: MAX_RECEIVES },
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: config.target === 'aws',
    });
    this.announceSources(config);

    new CfnOutput(this, 'TableName', { value: this.table.tableName });
    new CfnOutput(this, 'UploadsBucket', { value: this.uploads.bucketName });
    new CfnOutput(this, 'FilesBucket', { value: this.files.bucketName });
    new CfnOutput(this, 'SiteBucket', { value: this.site.bucketName });
    new CfnOutput(this, 'SourceQueueUrl', { value: this.sourceQueue.queueUrl });
    new CfnOutput(this, 'SourceQueueArn', { value: this.sourceQueue.queueArn });
  }

  /** CloudFront writes its logs as an owner of objects, which the other buckets do not have. */
  private logBucket(config: AwsConfig): s3.IBucket {
    // The library's own classes miss its interfaces by optional properties that may be undefined.
    return new s3.Bucket(this, 'AccessLogs', {
      bucketName: `${config.name}-logs-${this.account}-${this.region}`,
      ...closed(config),
      objectOwnership: s3.ObjectOwnership.OBJECT_WRITER,
      ...removal(config),
      lifecycleRules: [{ id: 'expire-logs', expiration: Duration.days(config.logRetentionDays) }],
    }) as s3.IBucket;
  }

  private bucketNamed(bucket: (typeof BUCKETS)[number], config: Config): string {
    return bucketName(config, bucket, this.account, this.region);
  }

  /**
   * S3 tells the queue of every object under `uploads/`. S3 checks that it may send when the notification is set, so
   * the queue's policy comes first; and it names the bucket by its known name, or each would wait for the other.
   * (The construct library's own way is a custom resource: a function more, for a property that the bucket has.)
   */
  private announceSources(config: Config): void {
    this.sourceQueue.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.sourceQueue.queueArn],
        conditions: {
          ArnEquals: { 'aws:SourceArn': `arn:${this.partition}:s3:::${this.bucketNamed('uploads', config)}` },
          StringEquals: { 'aws:SourceAccount': this.account },
        },
      }),
    );
    const bucket = this.uploads.node.defaultChild as s3.CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: this.sourceQueue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: 'uploads/' }] } },
        },
      ],
    };
    this.uploads.node.addDependency(this.sourceQueue);
  }
}

/** Queues for what failed: kept as long as SQS can, for a human to look at. */
export function queueDefaults(config: Config): sqs.QueueProps {
  return {
    retentionPeriod: Duration.days(14),
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: config.target === 'aws',
  };
}

/** Nobody has anything by default: no public, no plain text, no other account. */
function closed(config: Config): s3.BucketProps {
  return {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: s3.BucketEncryption.S3_MANAGED,
    ...tlsOnly(config),
  };
}

const GOES_WITH_ITS_STACK = { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true } as const;

/** What is kept costs money until somebody removes it by hand: docs/deploy.md says how. */
function removal(config: Config): { removalPolicy: RemovalPolicy; autoDeleteObjects?: boolean } {
  const kept = config.target === 'emulator' || config.keepData;
  return kept ? { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE } : GOES_WITH_ITS_STACK;
}

/** The emulator speaks plain HTTP on the loopback interface, and would hold a TLS-only policy against every request. */
function tlsOnly(config: Config): Pick<s3.BucketProps, 'enforceSSL' | 'minimumTLSVersion'> {
  return config.target === 'aws' ? { enforceSSL: true, minimumTLSVersion: 1.2 } : {};
}

/** Browsers PUT to signed URLs, and read the ETag of each part, which completing the upload needs. */
function browserUploads(config: Config): s3.CorsRule {
  return {
    allowedMethods: [s3.HttpMethods.PUT],
    allowedOrigins: config.allowedOrigins,
    allowedHeaders: ['content-type', 'if-none-match', 'x-amz-*'],
    exposedHeaders: ['ETag'],
    maxAge: Duration.hours(1).toSeconds(),
  };
}
