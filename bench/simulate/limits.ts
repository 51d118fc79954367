import { LONGEST_DELIVERY_SECONDS } from '../../infra/limits.ts';
import { LISTENERS, METADATA, TELLING_SECONDS, WORKER } from './assumed.ts';
import { BLOCK, readUnits as read, writeUnits as written } from './usage.ts';

/** What so many workers ask of the services beneath them, a second where nothing else is said. */
export interface Load {
  workers: number;
  /** Of one video: workers on it, and its pieces that end. */
  onOne: number;
  piecesOfOne: number;
  /** Of all videos. */
  pieces: number;
  videos: number;
  /** That are worked on at a time. */
  inFlight: number;
  /** Of the one record that most write to: writes, tries of them that failed, drawings of its progress. */
  writes: number;
  conflicts: number;
  drawings: number;
  /** Seconds of the longest task of a film: its sound, or a proxy. */
  longest: number;
  /** GiB of the scratch folder in which a film is put together: all its chunks, and the result. */
  scratch: number;
  /** Share of its pieces that could not be counted. */
  lost: number;
  /** Bytes: of the two kinds of rows, and of all rows of the pieces of the longest video. */
  record: number;
  piece: number;
  allPieces: number;
  /** Bytes a second that all workers read of their sources. */
  sourceBytes: number;
}

export interface Limit {
  name: string;
  most: number;
  unit: string;
  /** How much of it is asked for. */
  asked: (load: Load) => number;
  /** What to do when it is reached. */
  remedy: string;
  source: string;
  /** Whether the figure is ours: AWS does not publish one, or the cause is in our code. */
  guess?: true;
}

/** Beside workers': warm dispatch functions (`infra/api-stack.ts`), the metadata mapping and its function, the sweeper. */
const OTHER_CONNECTIONS = 10 + 3;
/** `containers/enhancer/main.ts`: a connection to send by and one to receive by. */
const connections = ({ workers }: Load) => 2 * workers + OTHER_CONNECTIONS;
/** A piece: published and confirmed, looked for in two lanes, fetched, acknowledged. */
const messages = ({ pieces, videos }: Load) => pieces * 6 + videos * 20;
/** A worker's row in the list of those present, which every end of a piece reads as a whole, those of the last hour too. */
const WORKER_BYTES = 200;

const MQ = 'https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-resource-limits-configuration.html';
const MQ_MOST = 'https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-resource-hard-limit.html';
const FARGATE = 'https://docs.aws.amazon.com/general/latest/gr/ecs-service.html';
const PARTITION = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html';
const DYNAMODB = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html';

/** As AWS gives them to an account that asked for nothing. */
export const LIMITS: readonly Limit[] = [
  {
    ...{ name: 'Fargate vCPUs, a new account', most: 6, unit: 'vCPU', source: FARGATE },
    asked: ({ workers }) => workers * WORKER.vcpu,
    remedy: 'ask for more in Service Quotas, for On-Demand and for Spot apart; takes a day or two',
  },
  {
    ...{
      name: 'Fargate launches at once',
      most: 100,
      unit: 'tasks',
      source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html',
    },
    asked: ({ workers }) => workers,
    remedy: 'nothing: the rest follow, 500 a minute to a service',
  },
  {
    ...{
      name: "a film's proxy, until the broker takes it away",
      most: LONGEST_DELIVERY_SECONDS,
      unit: 's',
      source: 'infra/limits.ts',
    },
    asked: ({ longest }) => longest,
    remedy: 'a longer consumer_timeout, or proxies in chunks; films that are not cut take even longer',
  },
  {
    ...{
      name: 'scratch of a film in 1080p, being joined',
      most: 20,
      unit: 'GiB',
      source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html',
    },
    asked: ({ scratch }) => scratch,
    remedy: 'ephemeral storage up to 200 GiB',
  },
  {
    ...{ name: 'broker connections, mq.m7g.medium', most: 100, unit: 'connections', source: MQ },
    asked: connections,
    remedy: 'connection_max up to 300, or mq.m7g.large',
  },
  {
    ...{ name: 'broker connections, mq.m7g.large', most: 1500, unit: 'connections', source: MQ },
    asked: connections,
    remedy: 'connection_max up to 5,000, or a cluster, where it counts for each node',
  },
  {
    ...{ name: 'broker connections, mq.m7g.large at most', most: 5000, unit: 'connections', source: MQ_MOST },
    asked: connections,
    remedy: 'a cluster of three, or a second broker',
  },
  {
    ...{ name: 'broker operations, mq.m7g.medium', most: 1000, unit: '/s', source: 'none is published', guess: true },
    asked: messages,
    remedy: 'mq.m7g.large; longer chunks',
  },
  {
    ...{
      name: 'broker operations, 3 × mq.m7g.large',
      most: 5000,
      unit: '/s',
      source: 'none is published',
      guess: true,
    },
    asked: messages,
    remedy: 'larger nodes; longer chunks',
  },
  {
    ...{
      name: 'pieces of one video that cannot be counted',
      most: 0.01,
      unit: 'share',
      source: 'adapters/dynamodb/contention.ts',
      guess: true,
    },
    asked: ({ lost }) => lost,
    remedy: 'a smaller window (`LARGEST_WINDOW`); longer chunks',
  },
  {
    ...{ name: "one video's record, writes", most: 1000, unit: 'WCU', source: PARTITION },
    // Counting is a transaction, which takes twice as much.
    asked: ({ writes, drawings, record }) => (drawings + Math.max(0, writes - drawings) * 2) * written(record),
    remedy: 'a smaller window (`LARGEST_WINDOW`); longer chunks',
  },
  {
    ...{ name: "one video's pieces, writes", most: 1000, unit: 'WCU', source: PARTITION },
    asked: ({ onOne, piecesOfOne, piece }) => (onOne + piecesOfOne * 4) * written(piece),
    remedy: 'a smaller window (`LARGEST_WINDOW`)',
  },
  {
    ...{ name: "one video's pieces, reads", most: 3000, unit: 'RCU', source: PARTITION },
    // Drawings read all rows, and so does the beginning of each piece. Half of them are there, on average.
    asked: ({ drawings, piecesOfOne, allPieces, onOne }) => (drawings + piecesOfOne) * read(allPieces / 2) + onOne,
    remedy: 'keep the sum of the progress in the record',
  },
  {
    ...{ name: 'the list of workers, reads', most: 3000, unit: 'RCU', source: PARTITION },
    asked: ({ pieces, videos, workers }) => (pieces + videos) * read(workers * WORKER_BYTES),
    remedy: 'let each worker remember the number for some seconds',
  },
  {
    ...{ name: 'the list of workers, writes', most: 1000, unit: 'WCU', source: PARTITION },
    asked: ({ workers }) => workers / 5,
    remedy: 'report less often',
  },
  {
    ...{
      name: 'the table, a new one',
      most: 4000,
      unit: 'WCU',
      source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html',
    },
    asked: tableWrites,
    remedy: 'warm throughput; it doubles by itself within half an hour',
  },
  {
    ...{ name: 'the table, as an account may', most: 40_000, unit: 'WCU', source: DYNAMODB },
    asked: tableWrites,
    remedy: 'ask for more in Service Quotas',
  },
  {
    ...{
      name: 'S3 reads of one prefix',
      most: 5500,
      unit: '/s',
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html',
    },
    asked: ({ sourceBytes, pieces }) => sourceBytes / BLOCK + pieces * 4,
    remedy: 'nothing at first: S3 splits prefixes under load, and our keys begin with random letters',
  },
  {
    ...{
      name: 'S3 writes of one prefix',
      most: 3500,
      unit: '/s',
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html',
    },
    asked: ({ pieces, videos }) => pieces + videos * 6,
    remedy: 'as for reads',
  },
  {
    ...{
      name: "one video's changes, told in order",
      most: 1,
      unit: 'function',
      source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html',
    },
    asked: ({ writes, drawings }) => drawings * TELLING_SECONDS.told + writes * TELLING_SECONDS.untold,
    remedy: 'draw the progress less often',
  },
  {
    ...{
      name: 'functions at once',
      most: 1000,
      unit: 'functions',
      source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
    },
    asked: ({ inFlight, pieces, videos }) =>
      inFlight * TELLING_SECONDS.told + pieces * TELLING_SECONDS.untold + videos * METADATA.seconds,
    remedy: 'ask for more in Service Quotas; a new account may have 10',
  },
  {
    ...{
      name: 'the metadata function, one batch at a time',
      most: METADATA.batch / METADATA.seconds,
      unit: 'videos/s',
      source: 'https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html',
    },
    asked: ({ videos }) => videos,
    remedy: 'larger batches, or a second queue with a mapping of its own',
  },
  {
    ...{
      name: 'messages to browsers',
      most: 10_000,
      unit: '/s',
      source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html',
    },
    asked: ({ inFlight, drawings, videos }) => (inFlight + drawings + videos * 5) * LISTENERS,
    remedy: 'ask for more in Service Quotas; draw the progress less often',
  },
];

function tableWrites({ workers, pieces, inFlight, videos, record, piece }: Load): number {
  return (workers + pieces * 4) * written(piece) + (pieces * 2 + inFlight + videos * 12) * written(record);
}
