import { type Client, ClientError } from '../client/index.ts';
import { isDeleted } from './reasons.ts';
import type { Stage } from './reports/report.ts';

/** A server that does not answer must not keep somebody who wants to leave. */
const PATIENCE_MS = 10_000;

/** Ends work that nobody wants any more. Answers whether nothing is left to be found again. */
export async function giveBack(client: Client, fileId: string, stage: Stage): Promise<boolean> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    if (stage !== 'uploading' || !(await abandon(client, fileId, signal))) await client.cancel(fileId, signal);
    return true;
  } catch (error) {
    // Gone is as good as given back. Finished (409) is not: its results can still be had.
    return isDeleted(error);
  }
}

/** `false`: too late, all of it is there. */
async function abandon(client: Client, fileId: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.abandon(fileId, signal);
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.status === 409) return false;
    throw error;
  }
}
