import type { QueueName, RetryDelay, TaskMessage } from '../messages.ts';

/** The way tasks reach workers. Everything resolves only once the broker has taken responsibility. */
export interface TaskQueue {
  /** @throws TransientError `broker_unavailable` when no confirm came in time. */
  publish(message: TaskMessage): Promise<void>;
  /** Gives the task to this one queue, after a while. */
  publishLater(queue: QueueName, message: TaskMessage, delay: RetryDelay): Promise<void>;
  /** Puts aside what keeps failing or cannot be read, with the reason, for a human to look at. */
  park(queue: QueueName, body: Uint8Array, reason: string): Promise<void>;
}

/** The receiving end, for processes that consume by themselves. */
export interface TaskSource {
  /**
   * Hands out deliveries one at a time until the signal, then waits for the one in hand. Looks into the lanes in their
   * order: the second has its turn while there is nothing in the first. A delivery is acknowledged when `handle`
   * resolves, and given back when it throws. Survives lost connections and cancelled consumers.
   */
  consume(
    lanes: readonly QueueName[],
    handle: (delivery: Delivery) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface Delivery {
  queue: QueueName;
  body: Uint8Array;
  redelivered: boolean;
}
