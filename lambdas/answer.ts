import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

export type Answer = { Status: 'SUCCESS'; Data?: Record<string, string> } | { Status: 'FAILED'; Reason: string };

const ANSWER_MS = 10_000;

/**
 * Tells CloudFormation how it went, at the address that it gave for that.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 *
 * @param PhysicalResourceId the same each time, or CloudFormation would have the old one deleted
 * @throws Error when it is not heard: Lambda then calls again, twice
 */
export async function answer(
  event: CloudFormationCustomResourceEvent,
  outcome: Answer,
  PhysicalResourceId: string,
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const response = await fetch(event.ResponseURL, {
    method: 'PUT',
    // The address is signed for a body without a type.
    headers: { 'content-type': '' },
    body: JSON.stringify({ ...outcome, PhysicalResourceId, StackId, RequestId, LogicalResourceId }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (!response.ok) throw new Error(`CloudFormation's address answered ${response.status}.`);
}
