import { Arn, Stack } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { acknowledge } from './acknowledge.ts';

/*
 * Who may do what, written out: each function here is all that one part of Reelight is allowed. Resources are named;
 * the only wildcards are object keys below a prefix, the connections of one WebSocket stage, the tasks of one cluster,
 * and what has no name: network interfaces. cdk-nag's acknowledgements of them stand beside what makes them.
 */

/** What the parts share. */
export interface Estate {
  table: dynamodb.Table;
  uploads: s3.Bucket;
  files: s3.Bucket;
  sourceQueue: sqs.Queue;
  brokerSecretArn: string;
  /** What files are signed out with, where people sign in. */
  signingSecretArn?: string | undefined;
}

/** A worker reads the record it works on and moves it forward, its pointer along with it. It removes none. */
const MOVE_RECORDS = ['GetItem', 'PutItem', 'UpdateItem'];
/** A connection is removed with its subscriptions, which a query finds. */
const REMOVE_ROWS = ['GetItem', 'Query', 'DeleteItem', 'BatchWriteItem'];

const SOURCES = 'uploads/*';
const ENHANCED = 'processed_videos/*';
const METADATA = 'metadata/*';
/** What is made beside an enhanced video. */
const BESIDE = ['source_videos/*', 'posters/*'];
/** What workers wrote under their claim, before it is promoted. */
const ATTEMPTS = 'attempts/*';

/**
 * The HTTP API: keeps records, signs uploads, announces sources anew, deletes videos. Signed URLs can do what their
 * signer may do.
 */
export function grantApi(to: iam.IGrantable, { table, uploads, files, sourceQueue, signingSecretArn }: Estate): void {
  if (signingSecretArn) readSecret(to, signingSecretArn);
  rows(to, table, [...MOVE_RECORDS, ...REMOVE_ROWS, 'BatchGetItem']);
  objects(to, uploads, [SOURCES], ['Get', 'Put', 'Delete']);
  allow(to, ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], [uploads.arnForObjects(SOURCES)]);
  objects(to, files, [ENHANCED, METADATA, ...BESIDE, ATTEMPTS], ['Get', 'Delete']);
  list(to, uploads, files);
  allow(to, ['sqs:SendMessage'], [sourceQueue.queueArn]);
}

/** The WebSocket API: keeps connections and subscriptions, answers on the connection. */
export function grantSocket(to: iam.IGrantable, { table }: Estate, stage: apigateway.WebSocketStage): void {
  rows(to, table, [...REMOVE_ROWS, 'PutItem', 'ConditionCheckItem']);
  postToConnections(to, stage);
}

/** Takes tickets, and nothing else. */
export function grantAdmit(to: iam.IGrantable, { table }: Estate): void {
  removeBelow(to, table, 'TICKET#*');
}

/** Looks at a source that arrived, notes it down, hands the task to the broker; removes a source without a record. */
export function grantDispatch(to: iam.IGrantable, { table, uploads, brokerSecretArn }: Estate): void {
  rows(to, table, MOVE_RECORDS);
  objects(to, uploads, [SOURCES], ['Get', 'Delete']);
  list(to, uploads);
  readSecret(to, brokerSecretArn);
}

/** Reads a source by range, writes its metadata document. */
export function grantMetadata(to: iam.IGrantable, { table, uploads, files, brokerSecretArn }: Estate): void {
  rows(to, table, MOVE_RECORDS);
  objects(to, uploads, [SOURCES], ['Get']);
  objects(to, files, [METADATA], ['Get', 'Put', 'Delete']);
  list(to, uploads, files);
  readSecret(to, brokerSecretArn);
}

/** Reads what changed, finds who follows it, tells them, forgets who is gone. */
export function grantNotify(to: iam.IGrantable, { table }: Estate, stage: apigateway.WebSocketStage): void {
  rows(to, table, [...REMOVE_ROWS, 'BatchGetItem']);
  if (table.tableStreamArn) {
    allow(
      to,
      ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((action) => `dynamodb:${action}`),
      [table.tableStreamArn],
    );
  }
  postToConnections(to, stage);
}

/** Goes through what may be in flight; announces sources anew, gives tasks again, ends what is hopeless, tidies up. */
export function grantSweep(to: iam.IGrantable, { table, uploads, files, sourceQueue, brokerSecretArn }: Estate): void {
  rows(to, table, [...MOVE_RECORDS, 'Query', 'DeleteItem']);
  objects(to, uploads, [SOURCES], ['Get']);
  objects(to, files, [ATTEMPTS, ENHANCED, METADATA, ...BESIDE], ['Delete']);
  allow(to, ['s3:AbortMultipartUpload'], [uploads.arnForObjects(SOURCES)]);
  allow(
    to,
    ['s3:AbortMultipartUpload'],
    [ATTEMPTS, ENHANCED, ...BESIDE].map((keys) => files.arnForObjects(keys)),
  );
  allow(to, ['s3:ListBucketMultipartUploads'], [files.bucketArn]);
  list(to, uploads, files);
  allow(to, ['sqs:SendMessage'], [sourceQueue.queueArn]);
  readSecret(to, brokerSecretArn);
}

/** An enhancer worker: reads and copies sources, writes outputs under its attempt, promotes them by a copy. */
export function grantEnhancer(to: iam.IGrantable, { table, uploads, files, brokerSecretArn }: Estate): void {
  // A piece is begun on the condition that its video is as it was.
  rows(to, table, [...MOVE_RECORDS, 'ConditionCheckItem', 'Query']);
  // The rows of pieces, which are worth nothing once their video is put together.
  removeBelow(to, table, 'PIECES#*');
  objects(to, uploads, [SOURCES], ['Get']);
  objects(to, files, [ATTEMPTS, ENHANCED, ...BESIDE], ['Get', 'Put', 'Delete']);
  allow(
    to,
    ['s3:AbortMultipartUpload'],
    [ATTEMPTS, ENHANCED, ...BESIDE].map((keys) => files.arnForObjects(keys)),
  );
  list(to, uploads, files);
  readSecret(to, brokerSecretArn);
}

/** Counts what is to be done, and who is there to do it. */
export function grantBacklog(to: iam.IGrantable, { table }: Estate): void {
  rows(to, table, ['GetItem', 'Query']);
}

/** Writes segments of traces down in X-Ray, which has no resources that could be named. */
export function grantTraces(to: iam.IGrantable): void {
  allow(to, ['xray:PutTraceSegments'], ['*']);
}

/** Whoever declares the broker's queues. */
export function grantTopology(to: iam.IGrantable, brokerSecretArn: string): void {
  readSecret(to, brokerSecretArn);
}

/** Gives the broker's user another password, and writes it down. */
export function grantRotation(to: iam.IGrantable, brokerSecretArn: string): void {
  const operations = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];
  allow(
    to,
    operations.map((operation) => `secretsmanager:${operation}`),
    [brokerSecretArn],
  );
}

/** Makes the key that files are signed out with, and writes it down. */
export function grantSigningKey(to: iam.IGrantable, secretArn: string): void {
  allow(to, ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], [secretArn]);
}

/**
 * What Lambda does in the name of a function whose queue it polls.
 * https://docs.aws.amazon.com/lambda/latest/dg/process-mq-messages-with-lambda.html
 *
 * @param inside whether the broker has no public address, so that the poller needs interfaces in its subnets
 */
export function grantPolling(to: iam.IRole, brokerArn: string, inside: boolean): void {
  allow(to, ['mq:DescribeBroker'], [brokerArn]);
  if (!inside) return;
  allowNetworkInterfaces(to);
  allow(to, ['ec2:DescribeVpcs', 'ec2:DescribeSecurityGroups'], ['*']);
}

/** A worker keeps whoever scales in from ending it while it is at work. */
export function grantTaskProtection(to: iam.IGrantable, clusterName: string, stack: Stack): void {
  const tasks = Arn.format({ service: 'ecs', resource: 'task', resourceName: `${clusterName}/*` }, stack);
  acknowledgeWildcard(to, '/*', 'Tasks come and go: the cluster is all that names them.');
  allow(to, ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'], [tasks]);
}

/**
 * Lambda makes network interfaces for a function in a network, in its name; the function itself must not.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export function allowNetworkInterfaces(to: iam.IRole): void {
  const named = [
    ...['CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets'],
    ...['AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'],
  ].map((action) => `ec2:${action}`);
  allow(to, named, ['*']);
  const stack = Stack.of(to);
  const functions = `arn:${stack.partition}:lambda:${stack.region}:${stack.account}:function:*`;
  to.addToPrincipalPolicy(
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: named,
      resources: ['*'],
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': functions } },
    }),
  );
  acknowledge(to, 'AwsSolutions-IAM5[Resource::*]', 'EC2 cannot say beforehand which interfaces Lambda will make.');
}

/**
 * CloudFront reads what is public, in the name of distributions of this account. Naming the one would be a circle: the
 * distribution is made after the buckets. Who else can make distributions here can change this policy, too.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
export function grantCloudFront(files: s3.Bucket, site: s3.Bucket): void {
  const { partition, account } = Stack.of(files);
  const read = (bucket: s3.Bucket, keys: string[]) =>
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['s3:GetObject'],
        resources: keys.map((pattern) => bucket.arnForObjects(pattern)),
        conditions: { ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudfront::${account}:distribution/*` } },
      }),
    );
  read(files, [ENHANCED, METADATA, ...BESIDE]);
  read(site, ['*']);
}

/** The edge reads what is public. */
export function grantEdge(to: iam.IGrantable, files: s3.Bucket, site: s3.Bucket): void {
  objects(to, files, [ENHANCED, METADATA, ...BESIDE], ['Get']);
  objects(to, site, ['*'], ['Get']);
  list(to, files, site);
}

/** The bridge from the metadata queue to the metadata function, where no event source mapping does it. */
export function grantBridge(to: iam.IGrantable, functionArn: string, brokerSecretArn: string): void {
  allow(to, ['lambda:InvokeFunction'], [functionArn]);
  readSecret(to, brokerSecretArn);
}

/** Whoever looks after it by hand: gives parked tasks another chance. */
export function grantOperator(to: iam.IGrantable, { table, sourceQueue, brokerSecretArn }: Estate): void {
  rows(to, table, MOVE_RECORDS);
  allow(to, ['sqs:SendMessage'], [sourceQueue.queueArn]);
  readSecret(to, brokerSecretArn);
}

function allow(grantee: iam.IGrantable, actions: string[], resourceArns: string[]): void {
  iam.Grant.addToPrincipal({ grantee, actions, resourceArns }).assertSuccess();
}

function rows(to: iam.IGrantable, table: dynamodb.Table, operations: string[]): void {
  allow(
    to,
    [...new Set(operations)].map((operation) => `dynamodb:${operation}`),
    [table.tableArn],
  );
}

/** Rows whose partition is named so, and no others. */
function removeBelow(grantee: iam.IGrantable, table: dynamodb.Table, partitions: string): void {
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:DeleteItem'],
    resourceArns: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] } },
  }).assertSuccess();
}

function objects(to: iam.IGrantable, bucket: s3.Bucket, keys: string[], may: ('Get' | 'Put' | 'Delete')[]): void {
  for (const pattern of keys) {
    acknowledgeWildcard(to, `/${pattern}`, 'One object a video: nothing but their common prefix names them all.');
  }
  allow(
    to,
    may.map((verb) => `s3:${verb}Object`),
    keys.map((pattern) => bucket.arnForObjects(pattern)),
  );
}

/** Without the right to list, S3 answers 403 for a missing key instead of 404. Deleting below a prefix lists it, too. */
function list(to: iam.IGrantable, ...buckets: s3.Bucket[]): void {
  allow(
    to,
    ['s3:ListBucket'],
    buckets.map((bucket) => bucket.bucketArn),
  );
}

function readSecret(to: iam.IGrantable, secretArn: string): void {
  allow(to, ['secretsmanager:GetSecretValue'], [secretArn]);
}

/** Posting to connections of this stage; not looking at them, not closing them. */
function postToConnections(to: iam.IGrantable, stage: apigateway.WebSocketStage): void {
  const resource = stage.api.apiId;
  const resourceName = `${stage.stageName}/POST/@connections/*`;
  const stack: Stack = stage.stack;
  acknowledgeWildcard(to, `/${resourceName}`, 'Connections come and go: the stage is all that names them.');
  allow(to, ['execute-api:ManageConnections'], [Arn.format({ service: 'execute-api', resource, resourceName }, stack)]);
}

/** @param suffix of the ARN, from the last part on that is named */
function acknowledgeWildcard(to: iam.IGrantable, suffix: string, reason: string): void {
  const { grantPrincipal: role } = to;
  if (role instanceof iam.Role) acknowledge(role, `AwsSolutions-IAM5[Resource::…${suffix}]`, reason);
}
