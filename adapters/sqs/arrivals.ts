import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Arrivals } from '../../core/ports/arrivals.ts';

/** The queue that S3 tells of new sources, told in the part of S3's words that is read there. */
export function sqsArrivals(client: SQSClient, queueUrl: string): Arrivals {
  return {
    announce: async (key) => {
      const event = { Records: [{ eventSource: 'reelight', s3: { object: { key: encodeURIComponent(key) } } }] };
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(event) }));
    },
  };
}
