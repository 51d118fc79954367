import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ListMultipartUploadsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { VIDEO_SK } from '../../../adapters/dynamodb/keys.ts';
import { videoFromRow } from '../../../adapters/dynamodb/video-rows.ts';
import { rabbitParkedTasks } from '../../../adapters/rabbitmq/parked.ts';
import { PARKED_QUEUE, readTaskMessage } from '../../../core/messages.ts';
import { outputKeys, type Video } from '../../../core/video.ts';
import type { FinalVideo, Remains } from '../history.ts';
import type { Rig } from './rig.ts';

/** What there is now: of records, objects, rows, messages, files and programs. Pictures are not looked at here. */
export async function remainsOf(rig: Rig): Promise<Remains> {
  const { outputs, home } = rig;
  const buckets = { uploads: outputs.UploadsBucket, files: outputs.FilesBucket };
  const [rows, objects, uploads, parked, ofBroker, ofSqs] = await Promise.all([
    rowsOf(rig),
    eachOf(buckets, (bucket) => objectsIn(rig, bucket)),
    eachOf(buckets, (bucket) => uploadsIn(rig, bucket)),
    parkedIn(rig),
    brokerQueues(rig),
    sqsQueues(rig),
  ]);
  const videos = rows.filter(({ sk }) => sk === VIDEO_SK).map(videoFromRow);
  return {
    videos: new Map(videos.map((video) => [video.file_id, finalOf(video)])),
    objects,
    uploads,
    rows: rows.filter(({ sk }) => sk !== VIDEO_SK).map(nameOf),
    queues: { ...ofBroker, ...ofSqs },
    parked,
    scratch: below(home.scratch),
    programs: programsOf(home.root),
  };
}

function finalOf(video: Video): FinalVideo {
  const { attempt, processes, chunk_seconds, source } = video;
  const files = outputKeys(video).map((key) => `files:${key}`);
  return {
    ...{ attempt, processes, chunk_seconds, pictures: null },
    objects: [...(source ? [`uploads:${source.key}`] : []), ...files],
  };
}

type Row = Record<string, unknown> & { pk: string; sk: string };
function nameOf({ pk, sk, file_id, used }: Row): Remains['rows'][number] {
  return { pk, sk, ...(typeof file_id === 'string' && { file_id }), ...(typeof used === 'number' && { used }) };
}

async function rowsOf({ aws, outputs }: Rig): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { Items = [] } of paginateScan({ client: aws.documents }, { TableName: outputs.TableName })) {
    rows.push(...(Items as Row[]));
  }
  return rows;
}

async function eachOf(buckets: Record<string, string>, list: (bucket: string) => Promise<string[]>): Promise<string[]> {
  const lists = await Promise.all(
    Object.entries(buckets).map(async ([name, bucket]) => (await list(bucket)).map((key) => `${name}:${key}`)),
  );
  return lists.flat();
}

async function objectsIn({ aws }: Rig, Bucket: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: aws.s3 }, { Bucket })) {
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  return keys;
}

async function uploadsIn({ aws }: Rig, Bucket: string): Promise<string[]> {
  const { Uploads = [] } = await aws.s3.send(new ListMultipartUploadsCommand({ Bucket }));
  return Uploads.flatMap(({ Key }) => Key ?? []);
}

async function parkedIn({ broker }: Rig): Promise<Remains['parked']> {
  const parked: Remains['parked'] = [];
  await rabbitParkedTasks(broker.url, async () => broker.credentials).review(async ({ body, reason }) => {
    parked.push({ file_id: readTaskMessage(body)?.file_id ?? null, reason });
    return 'keep';
  });
  return parked;
}

/** All but the one for what is parked, which has a rule of its own. */
async function brokerQueues({ broker }: Rig): Promise<Record<string, number>> {
  const table = await broker.ctl('list_queues', 'name', 'messages');
  const queues = table
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([name = '', messages]) => [name, Number(messages)] as const);
  return Object.fromEntries(queues.filter(([name, messages]) => name !== PARKED_QUEUE && Number.isInteger(messages)));
}

async function sqsQueues({ aws }: Rig): Promise<Record<string, number>> {
  const { QueueUrls = [] } = await aws.sqs.send(new ListQueuesCommand({}));
  const counted = await Promise.all(
    QueueUrls.map(async (QueueUrl) => {
      const { Attributes = {} } = await aws.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      const kinds = ['', 'NotVisible', 'Delayed'] as const;
      const counts = kinds.map((kind) => Attributes[`ApproximateNumberOfMessages${kind}`]);
      return [QueueUrl.replace(/.*\//, ''), counts.reduce((sum, count) => sum + Number(count ?? 0), 0)] as const;
    }),
  );
  return Object.fromEntries(counted);
}

/** What is in the folders of the workers. */
function below(scratch: string): string[] {
  return readdirSync(scratch).flatMap((worker) =>
    readdirSync(join(scratch, worker)).map((entry) => `${worker}/${entry}`),
  );
}

/** FFmpeg and ffprobe, as far as they are ours. */
function programsOf(root: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const isOurs = command.includes(root) || readlinkSync(`/proc/${pid}/cwd`).startsWith(root);
      return isOurs && /^\S*ff(mpeg|probe) /.test(command) ? [`${pid}: ${command.slice(0, 80)}`] : [];
    } catch {
      return [];
    }
  });
}
