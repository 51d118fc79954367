import { PutTraceSegmentsCommand, type XRayClient } from '@aws-sdk/client-xray';
import { TransientError } from '../../core/errors.ts';
import type { Segment } from './segments.ts';

/** X-Ray takes so many documents at once. */
const AT_ONCE = 50;

/**
 * Writes segments down in X-Ray. One that is written twice is one: it has a name of its own.
 *
 * @throws TransientError `trace_refused` when X-Ray did not take all of them
 */
export async function recordSegments(client: Pick<XRayClient, 'send'>, segments: readonly Segment[]): Promise<void> {
  for (let from = 0; from < segments.length; from += AT_ONCE) {
    const documents = segments.slice(from, from + AT_ONCE).map((segment) => JSON.stringify(segment));
    const answer = await client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents }));
    const { UnprocessedTraceSegments: refused = [] } = answer;
    if (refused.length > 0) {
      const why = refused[0]?.ErrorCode ?? 'no reason given';
      throw new TransientError(
        'trace_refused',
        `X-Ray refused ${refused.length} of ${documents.length} segments: ${why}.`,
      );
    }
  }
}
