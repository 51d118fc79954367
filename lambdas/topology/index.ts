import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { broker, functionLog } from '../../adapters/from-environment.ts';
import { type Answer, answer } from '../answer.ts';

/** What is left of the function's time is for saying how it went. */
const LAST_MS = 15_000;

const log = functionLog();

/**
 * CloudFormation's word in, the broker's queues declared. The queues go with the broker, so there is nothing to do when
 * the stack is deleted, and nothing is taken away by an update: messages may be in it.
 */
export async function handler(event: CloudFormationCustomResourceEvent, context: Context): Promise<void> {
  const outcome = event.RequestType === 'Delete' ? DONE : await declared(context.getRemainingTimeInMillis() - LAST_MS);
  await answer(event, outcome, 'queues');
}

const DONE: Answer = { Status: 'SUCCESS' };

async function declared(withinMs: number): Promise<Answer> {
  try {
    // Connecting declares what there has to be.
    const connected = await broker({ name: 'topology', log, connectWithinMs: withinMs });
    await connected.close();
    return DONE;
  } catch (error) {
    log.error('the queues could not be declared', error);
    return { Status: 'FAILED', Reason: error instanceof Error ? error.message : String(error) };
  }
}
