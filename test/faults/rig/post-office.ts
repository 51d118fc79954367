import { setTimeout as sleep } from 'node:timers/promises';
import {
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { fileIdOfSource } from '../../../core/keys.ts';
import type { Outputs } from '../../../infra/outputs.ts';

/** S3's word that a source has arrived. */
export interface Letter {
  fileId: string;
  body: string;
}

/** What becomes of a letter: it is delivered when this says so, or not at all. */
export type Clerk = (letter: Letter, deliver: (letter: Letter) => Promise<void>) => Promise<void>;

/** Stands between S3's events and the queue that they are for: normally it hands on what comes, at once. */
export interface PostOffice {
  /** From now on this clerk has each letter first; undefined leaves it to the next. @returns ends that */
  employ(clerk: (letter: Letter) => Clerk | undefined): () => void;
  close(): Promise<void>;
}

const QUEUE = 'faults-letters';
const PATIENCE_MS = 10_000;

/** Takes S3's events into a queue of its own. */
export async function openPostOffice(s3: S3Client, sqs: SQSClient, outputs: Outputs): Promise<PostOffice> {
  const closing = new AbortController();
  const clerks = new Set<(letter: Letter) => Clerk | undefined>();
  const arn = outputs.SourceQueueArn.replace(/[^:]+$/, QUEUE);
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: QUEUE, Attributes: { Policy: policy(arn), VisibilityTimeout: '300' } }),
  );
  if (!QueueUrl) throw new Error('The emulator made no queue.');
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: outputs.UploadsBucket,
      NotificationConfiguration: sendingTo(arn),
    }),
  );

  const deliver = ({ body }: Letter) =>
    insist(async () => {
      const message = new SendMessageCommand({ QueueUrl: outputs.SourceQueueUrl, MessageBody: body });
      await sqs.send(message, { abortSignal: closing.signal });
    }, closing.signal);
  const inHand = new Set<Promise<void>>();
  const handOn = (letter: Letter) => {
    const wish = [...clerks].map((clerk) => clerk(letter)).find((clerk) => clerk !== undefined);
    const work = (wish ? wish(letter, deliver) : deliver(letter)).catch(() => {});
    inHand.add(work);
    work.finally(() => inHand.delete(work));
  };

  const collecting = (async () => {
    while (!closing.signal.aborted) {
      try {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
          { abortSignal: closing.signal },
        );
        for (const { Body = '' } of Messages) for (const letter of lettersIn(Body)) handOn(letter);
        if (Messages.length === 0) continue;
        const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }), { abortSignal: closing.signal });
      } catch {
        // The emulator is being restarted.
        await sleep(200);
      }
    }
  })();
  return {
    employ(clerk) {
      clerks.add(clerk);
      return () => void clerks.delete(clerk);
    },
    async close() {
      closing.abort();
      // What still waits for an answer then will get none.
      await Promise.race([Promise.all([collecting, ...inHand]), sleep(PATIENCE_MS)]);
    },
  };
}

async function insist(act: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await act();
    } catch {
      await sleep(200);
    }
  }
}

/** One for each record: who receives them cannot tell how many came in one message. */
function lettersIn(body: string): Letter[] {
  const { Records = [] } = JSON.parse(body) as { Records?: { s3: { object: { key: string } } }[] };
  return Records.flatMap((record) => {
    const fileId = fileIdOfSource(decodeURIComponent(record.s3.object.key));
    return fileId ? [{ fileId, body: JSON.stringify({ Records: [record] }) }] : [];
  });
}

/** As the stack has it, but for the queue. */
function sendingTo(QueueArn: string): NotificationConfiguration {
  const Filter = { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'uploads/' }] } };
  return { QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*'], Filter }] };
}

function policy(Resource: string): string {
  const Principal = { Service: 's3.amazonaws.com' };
  const statement = { Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
