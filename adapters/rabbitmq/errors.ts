import { ReelightError } from '../../core/errors.ts';

/**
 * Somebody has to put the set-up right; trying again does not help. `broker_url_invalid`, or `topology_differs` when
 * an exchange or a queue of ours exists with other arguments.
 */
export class BrokerMisconfigured extends ReelightError {
  override readonly retryable = false;
}
