import { readTaskMessage, type TaskMessage } from '../../core/messages.ts';
import type { Protection } from '../../core/ports/protection.ts';
import type { Delivery, TaskQueue } from '../../core/ports/task-queue.ts';

interface Taking {
  tasks: Pick<TaskQueue, 'park'>;
  protection: Protection;
  meter: Pick<Protection, 'during'>;
}

/**
 * What is done with each delivery: a task is worked on, and as long as that lasts this worker is not taken away and what
 * it takes is counted. What is no task of ours is put aside.
 */
export function taking(
  { tasks, protection, meter }: Taking,
  work: (message: TaskMessage) => Promise<void>,
): (delivery: Pick<Delivery, 'queue' | 'body'>) => Promise<void> {
  return async ({ queue, body }) => {
    const message = readTaskMessage(body);
    if (message) await protection.during(() => meter.during(() => work(message)));
    else await tasks.park(queue, body, 'not a task message');
  };
}
