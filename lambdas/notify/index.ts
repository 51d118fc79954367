import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { connectionFromImage } from '../../adapters/dynamodb/connection-store.ts';
import { videoFromImage } from '../../adapters/dynamodb/video-store.ts';
import { audience, functionLog, now, table } from '../../adapters/from-environment.ts';
import { announce, greet } from '../../pipeline/notify.ts';

const log = functionLog();
const ports = { ...table(), audience: audience(), now, log };

/**
 * Changes of the table in, WebSocket messages out. In order, so that the first record that fails is where the stream
 * goes on: everything after it is given again, and clients drop what they have seen by `seq`.
 */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    try {
      await tellOf(record);
    } catch (error) {
      log.error('a change could not be announced; the stream gives it again', error);
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  return { batchItemFailures: [] };
}

async function tellOf({ eventName, dynamodb }: DynamoDBRecord): Promise<void> {
  if (!dynamodb?.NewImage) return;
  const video = videoFromImage(dynamodb.NewImage);
  if (video) return announce(ports, dynamodb.OldImage && videoFromImage(dynamodb.OldImage), video);
  const connection = eventName === 'INSERT' ? connectionFromImage(dynamodb.NewImage) : undefined;
  if (connection) await greet(ports, connection);
}
