import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { useLimitsOf } from '../core/limits-of.ts';
import { jsonLog, type Log } from '../core/log.ts';
import { apiGatewayAudience } from './apigateway/audience.ts';
import { createSocketClient } from './apigateway/client.ts';
import { cloudFrontFileAccess } from './cloudfront/file-access.ts';
import { createDocumentClient } from './dynamodb/client.ts';
import { dynamoConnectionStore } from './dynamodb/connection-store.ts';
import { dynamoTicketStore } from './dynamodb/ticket-store.ts';
import { dynamoVideoStore } from './dynamodb/video-store.ts';
import { dynamoWorkerBoard } from './dynamodb/worker-board.ts';
import { createMeter, type RunningMeter } from './metering/meter.ts';
import { type Broker, type BrokerOptions, connectBroker } from './rabbitmq/broker.ts';
import { rabbitParkedTasks } from './rabbitmq/parked.ts';
import { createS3Client } from './s3/client.ts';
import { s3ObjectStore } from './s3/object-store.ts';
import { s3UploadStore } from './s3/upload-store.ts';
import { brokerCredentials } from './secretsmanager/broker-credentials.ts';
import { readSigningKey } from './secretsmanager/signing-key.ts';
import { sqsArrivals } from './sqs/arrivals.ts';

/*
 * The ports of the functions and of the worker, made from their environment. Each takes what it needs; the bundler
 * leaves the rest out.
 */

/** @throws Error naming the variable, which fails the function's start instead of its first event */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is not set: the stack sets it.`);
  return value;
}

export const now = (): Date => new Date();

/** Of this size are workers by both presets, and those of one machine as if they were. */
const USUAL_WORKER = { cpu: 2048, memory: 4096 };

/** What a worker's tasks take. Its stack says how large it is: CPU units of 1024 a core, and MiB. */
export function workerMeter(): RunningMeter {
  const { WORKER_CPU = USUAL_WORKER.cpu, WORKER_MEMORY = USUAL_WORKER.memory } = process.env;
  return createMeter({ vcpus: Number(WORKER_CPU) / 1024, gib: Number(WORKER_MEMORY) / 1024 });
}

/** What a function's tasks take. Lambda says how large it is. */
export function functionMeter(): RunningMeter {
  return createMeter({ vcpus: 0, gib: Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 0) / 1024 });
}

export function functionLog(): Log {
  return jsonLog(console.log, { function: process.env.AWS_LAMBDA_FUNCTION_NAME ?? null });
}

export function table() {
  const client = createDocumentClient();
  const name = required('TABLE_NAME');
  return {
    videos: dynamoVideoStore(client, name, now, useLimitsOf(process.env), functionLog()),
    connections: dynamoConnectionStore(client, name),
    workers: dynamoWorkerBoard(client, name),
  };
}

export function tickets() {
  return dynamoTicketStore(createDocumentClient(), required('TABLE_NAME'));
}

export function buckets() {
  const client = createS3Client();
  return {
    uploads: s3UploadStore(client, required('UPLOADS_BUCKET')),
    files: s3ObjectStore(client, required('FILES_BUCKET')),
  };
}

/** Signs nothing where nobody signs in, and is not asked to. */
export function fileAccess() {
  const secretArn = process.env.SIGNING_SECRET_ARN ?? '';
  return cloudFrontFileAccess(readSigningKey(new SecretsManagerClient({}), secretArn, now));
}

export function arrivals() {
  return sqsArrivals(new SQSClient(), required('SOURCE_QUEUE_URL'));
}

export function audience() {
  return apiGatewayAudience(createSocketClient(required('SOCKET_ENDPOINT')));
}

export function parkedTasks() {
  return rabbitParkedTasks(required('BROKER_URL'), credentialsOfBroker());
}

/** The broker, with the credentials that Secrets Manager holds; asked again at every connect, since they are rotated. */
export function broker(options: Pick<BrokerOptions, 'name' | 'log' | 'connectWithinMs' | 'signal'>): Promise<Broker> {
  return connectBroker({ ...options, url: required('BROKER_URL'), credentials: credentialsOfBroker() });
}

function credentialsOfBroker() {
  const secrets = new SecretsManagerClient({});
  return () => brokerCredentials(secrets, required('BROKER_SECRET_ARN'));
}

/** Connects on first use and keeps the connection while the function stays warm. A failed connect is tried anew. */
export function lazyBroker(name: string, log: Log): () => Promise<Broker> {
  let connected: Promise<Broker> | undefined;
  return () => {
    connected ??= broker({ name, log }).catch((error) => {
      connected = undefined;
      throw error;
    });
    return connected;
  };
}
