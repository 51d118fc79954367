import type { QueueName } from '../messages.ts';

/** What was put aside because it keeps failing, or cannot be read. */
export interface ParkedTask {
  /** The queue it came from; null where that is not known any more. */
  queue: QueueName | null;
  body: Uint8Array;
  reason: string;
}

export interface ParkedTasks {
  /**
   * Shows everything that is parked, oldest first, and removes what the answer says. What is kept stays where it is.
   * Nothing is lost when this ends half-way: what was not removed by then is still there.
   */
  review(decide: (task: ParkedTask) => Promise<'keep' | 'remove'>): Promise<void>;
}
