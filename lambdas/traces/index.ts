import { gunzipSync } from 'node:zlib';
import { XRayClient } from '@aws-sdk/client-xray';
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent } from 'aws-lambda';
import { recordSegments } from '../../adapters/xray/record.ts';
import { segmentOf, spanIn } from '../../adapters/xray/segments.ts';

const client = new XRayClient({});

/** Lines of logs in, packed as CloudWatch sends them; segments out, of those that tell of spans. */
export async function handler({ awslogs }: CloudWatchLogsEvent): Promise<void> {
  const { logEvents }: CloudWatchLogsDecodedData = JSON.parse(
    gunzipSync(Buffer.from(awslogs.data, 'base64')).toString('utf8'),
  );
  await recordSegments(client, logEvents.flatMap(({ message }) => spanIn(message) ?? []).map(segmentOf));
}
