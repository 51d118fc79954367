import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

export type Answer = { Status: 'SUCCESS' } | { Status: 'FAILED'; Reason: string };

const ANSWER_MS = 10_000;
/** There is one set of queues: it never changes its name, or CloudFormation would have the old one deleted. */
const PHYSICAL_ID = 'queues';

/**
 * Tells CloudFormation how it went, at the address that it gave for that.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 *
 * @throws Error when it is not heard: Lambda then calls again, twice
 */
export async function answer(event: CloudFormationCustomResourceEvent, outcome: Answer): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const response = await fetch(event.ResponseURL, {
    method: 'PUT',
    // The address is signed for a body without a type.
    headers: { 'content-type': '' },
    body: JSON.stringify({ ...outcome, PhysicalResourceId: PHYSICAL_ID, StackId, RequestId, LogicalResourceId }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (!response.ok) throw new Error(`CloudFormation's address answered ${response.status}.`);
}
