import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { z } from 'zod';
import { buckets, functionLog, lazyBroker, now, table } from '../../adapters/from-environment.ts';
import { dispatch } from '../../pipeline/dispatch.ts';

/** What is read of an S3 event notification. S3 sends a test event without records when notifications are set up. */
const S3Event = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })).optional(),
});

const log = functionLog();
const broker = lazyBroker('dispatch', log);
const { videos } = table();
const { uploads } = buckets();

/** SQS messages with S3 events in, tasks out. Only the messages that failed are given again. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const failed = await Promise.all(event.Records.map(dispatchAll));
  return {
    batchItemFailures: failed
      .flatMap((itemIdentifier) => itemIdentifier ?? [])
      .map((itemIdentifier) => ({ itemIdentifier })),
  };
}

async function dispatchAll({ messageId, body }: SQSRecord): Promise<string | undefined> {
  try {
    const { Records = [] } = S3Event.parse(JSON.parse(body));
    for (const { s3 } of Records) {
      const key = decodeURIComponent(s3.object.key.replaceAll('+', ' '));
      await dispatch({ videos, uploads, tasks: await broker(), now, log }, key);
    }
    return undefined;
  } catch (error) {
    log.error('an upload could not be dispatched; SQS gives it again', error, { message_id: messageId });
    return messageId;
  }
}
