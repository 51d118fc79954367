import { Arn, type Stack } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';

/*
 * Who may do what, written out: each function here is all that one part of Reelight is allowed. Resources are named;
 * the only wildcards are object keys below a prefix and the connections of one WebSocket stage.
 */

/** What the parts share. */
export interface Estate {
  table: dynamodb.Table;
  uploads: s3.Bucket;
  files: s3.Bucket;
  sourceQueue: sqs.Queue;
  brokerSecretArn: string;
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
export function grantApi(to: iam.IGrantable, { table, uploads, files, sourceQueue }: Estate): void {
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

/** Goes through what may be in flight; announces sources anew, gives tasks again, ends what is hopeless. */
export function grantSweep(to: iam.IGrantable, { table, uploads, files, sourceQueue, brokerSecretArn }: Estate): void {
  rows(to, table, [...MOVE_RECORDS, 'Query', 'DeleteItem']);
  objects(to, uploads, [SOURCES], ['Get']);
  objects(to, files, [ATTEMPTS], ['Delete']);
  allow(to, ['s3:AbortMultipartUpload'], [uploads.arnForObjects(SOURCES)]);
  list(to, uploads, files);
  allow(to, ['sqs:SendMessage'], [sourceQueue.queueArn]);
  readSecret(to, brokerSecretArn);
}

/** An enhancer worker: reads and copies sources, writes outputs under its attempt, promotes them by a copy. */
export function grantEnhancer(to: iam.IGrantable, { table, uploads, files, brokerSecretArn }: Estate): void {
  rows(to, table, [...MOVE_RECORDS, 'Query']);
  removePieces(to, table);
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

/** The rows of pieces, which are worth nothing once their video is put together; and no others. */
function removePieces(grantee: iam.IGrantable, table: dynamodb.Table): void {
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:DeleteItem'],
    resourceArns: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['PIECES#*'] } },
  }).assertSuccess();
}

function objects(to: iam.IGrantable, bucket: s3.Bucket, keys: string[], may: ('Get' | 'Put' | 'Delete')[]): void {
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
  allow(to, ['execute-api:ManageConnections'], [Arn.format({ service: 'execute-api', resource, resourceName }, stack)]);
}
