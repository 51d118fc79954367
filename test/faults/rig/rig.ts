import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDocumentClient } from '../../../adapters/dynamodb/client.ts';
import { dynamoVideoStore } from '../../../adapters/dynamodb/video-store.ts';
import { createS3Client } from '../../../adapters/s3/client.ts';
import type { VideoStore } from '../../../core/ports/index.ts';
import type { Outputs } from '../../../infra/outputs.ts';
import { REGION, ROOT_USER } from '../../../local/credentials.ts';
import { type Home, homeFrom } from '../../../local/home.ts';
import { freePorts } from '../../../local/ports.ts';
import { type Pipeline, startPipeline } from '../../../local/start.ts';
import { type OwnBroker, startOwnBroker } from '../../integration/own-broker.ts';
import { type BrokerFront, startBrokerFront } from './broker-front.ts';
import { type EmulatorFront, startEmulatorFront } from './emulator-front.ts';
import { openPostOffice, type PostOffice } from './post-office.ts';
import { followWorkers, type WorkerLogs } from './worker-logs.ts';

/** How long a worker may hold a delivery here; in Amazon MQ it is hours. */
export const CONSUMER_TIMEOUT_MS = 25_000;
/** How often the broker looks for those that held one too long. */
export const CONSUMER_TICK_MS = 5_000;

/** The real parts, with something in between wherever harm is to be done. */
export interface Rig {
  home: Home;
  /** Where people find it. */
  base: string;
  outputs: Outputs;
  pipeline: Pipeline;
  broker: OwnBroker;
  brokerFront: BrokerFront;
  emulatorFront: EmulatorFront;
  post: PostOffice;
  logs: WorkerLogs;
  /** As the account's root, and past the front. */
  aws: { s3: S3Client; sqs: SQSClient; lambda: LambdaClient; documents: DynamoDBDocumentClient };
  videos: VideoStore;
  /** Has the broker's limits set once more, after it was started anew, and lets everybody in. */
  tuneBroker(): Promise<void>;
  /** Has the sweeper look after everything now. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface RigOptions {
  /** What the home is called, inside the usual one. It begins empty. */
  name: string;
  note: (line: string) => void;
  signal: AbortSignal;
}

/** Starts everything, beside a pipeline that may be running. Nothing is left when this fails, or once it is closed. */
export async function startRig({ name, note, signal }: RigOptions): Promise<Rig> {
  const usual = homeFrom(process.env);
  const root = join(usual.root, name);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const closing: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).toReversed()) await end();
  };
  try {
    const [edge, emulator] = await freePorts(2);
    if (!edge || !emulator) throw new Error('No port is free.');
    note('Starting a broker of our own …');
    const broker = await startOwnBroker();
    closing.push(() => broker.remove());
    signal.throwIfAborted();
    const brokerFront = await startBrokerFront(broker.port);
    closing.push(() => brokerFront.close());
    const tuneBroker = async () => {
      await broker.ctl('eval', limits());
      brokerFront.open();
    };
    await tuneBroker();
    const emulatorFront = await startEmulatorFront(emulator);
    closing.push(() => emulatorFront.close());

    const { username, password } = broker.credentials;
    const env = {
      ...process.env,
      REELIGHT_HOME: root,
      REELIGHT_VENV: usual.venv,
      PORT: String(edge),
      REELIGHT_EMULATOR_PORT: String(emulator),
      REELIGHT_EMULATOR_URL: `http://127.0.0.1:${emulatorFront.port}`,
      RABBITMQ_URL: `amqp://${username}:${password}@127.0.0.1:${brokerFront.port}`,
      WORKERS: '2',
      // Who may see what is not what breaks here.
      AUTH: 'none',
    };
    const pipeline = await startPipeline({ env, note, signal });
    closing.push(() => pipeline.stop());
    const { outputs } = pipeline;

    const direct = { endpoint: `http://127.0.0.1:${emulator}`, region: REGION, credentials: ROOT_USER };
    const aws = {
      s3: createS3Client({ ...direct, forcePathStyle: true }),
      sqs: new SQSClient(direct),
      lambda: new LambdaClient(direct),
      documents: createDocumentClient(direct),
    };
    closing.push(() => {
      for (const client of Object.values(aws)) client.destroy();
    });
    const home = homeFrom(env);
    const logs = followWorkers(home.logs);
    closing.push(() => logs.close());
    const post = await openPostOffice(aws.s3, aws.sqs, outputs);
    closing.push(() => post.close());
    return {
      ...{
        home,
        base: pipeline.addresses.base,
        outputs,
        pipeline,
        broker,
        brokerFront,
        emulatorFront,
        post,
        logs,
        aws,
      },
      videos: dynamoVideoStore(aws.documents, outputs.TableName),
      tuneBroker,
      sweep: async () => {
        const { FunctionError } = await aws.lambda.send(new InvokeCommand({ FunctionName: outputs.SweepFunctionName }));
        if (FunctionError) throw new Error('The sweeper failed.');
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** For `rabbitmqctl eval`: only the first of them can be written into its settings. */
function limits(): string {
  const set = (name: string, ms: number) => `application:set_env(rabbit, ${name}, ${ms})`;
  return `${set('consumer_timeout', CONSUMER_TIMEOUT_MS)}, ${set('channel_tick_interval', CONSUMER_TICK_MS)}.`;
}
