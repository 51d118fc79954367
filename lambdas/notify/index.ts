import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { connectionFromImage } from '../../adapters/dynamodb/connection-store.ts';
import { videoFromImage } from '../../adapters/dynamodb/video-store.ts';
import { audience, functionLog, now, table } from '../../adapters/from-environment.ts';
import { announce, greet } from '../../pipeline/notify.ts';

const log = functionLog();
const ports = { ...table(), audience: audience(), now, log };

/**
 * Changes of the table in, WebSocket messages out, in order. What throws makes the stream give the batch again (in
 * halves, until the record at fault is alone); clients drop what they have seen by its `seq`.
 */
export async function handler(event: DynamoDBStreamEvent): Promise<void> {
  for (const record of event.Records) await tellOf(record);
}

async function tellOf({ eventName, dynamodb }: DynamoDBRecord): Promise<void> {
  if (!dynamodb?.NewImage) return;
  const video = videoFromImage(dynamodb.NewImage);
  if (video) return announce(ports, dynamodb.OldImage && videoFromImage(dynamodb.OldImage), video);
  const connection = eventName === 'INSERT' ? connectionFromImage(dynamodb.NewImage) : undefined;
  if (connection) await greet(ports, connection);
}
