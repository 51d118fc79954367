import { isRetryable, reasonFor } from '../core/errors.ts';
import type { Video } from '../core/video.ts';
import type { Claim } from './under-claim.ts';

/** What was made beside the enhanced video, for the record and the receipt. */
export interface Beside {
  outputs: Partial<Video['outputs']>;
  cpuSeconds: number;
  bytesWritten: number;
  /** Takes back what became visible. */
  undo(): Promise<void>;
}

export const NOTHING: Beside = { outputs: {}, cpuSeconds: 0, bytesWritten: 0, undo: async () => {} };

/**
 * Makes something that is nice to have. People came for the enhanced video: where this fails, it is left out and noted in
 * the log. Only what ends the claim ends this, too.
 */
export async function beside(
  claim: Pick<Claim, 'signal' | 'log' | 'step'>,
  name: string,
  make: () => Promise<Beside>,
): Promise<Beside> {
  try {
    return await claim.step(name, make);
  } catch (error) {
    claim.signal.throwIfAborted();
    claim.log.warn('left out', { step: name, reason: reasonFor(error).code, retryable: isRetryable(error) });
    return NOTHING;
  }
}
