import { z } from 'zod';
import { FileId } from './video.ts';

/**
 * What travels over RabbitMQ. One publish of `video.uploaded` reaches both the metadata and the enhancement queue;
 * the narrower keys reach one of them, for work that is given again.
 */
export const TaskMessage = z.strictObject({
  v: z.literal(1),
  type: z.enum(['video.uploaded', 'video.enhance', 'video.extract-metadata']),
  file_id: FileId,
  attempt: z.int().min(1),
  /** W3C traceparent. */
  trace: z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
});
export type TaskMessage = z.infer<typeof TaskMessage>;
export type TaskType = TaskMessage['type'];

/** The message in a delivery's body, or undefined when it is none: then it can never be worked on, only parked. */
export function readTaskMessage(body: Uint8Array): TaskMessage | undefined {
  try {
    return TaskMessage.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch {
    return undefined;
  }
}

/** The broker's topology, by name. Routing keys are message types. */
export const EXCHANGE = 'reelight';
export const DEAD_EXCHANGE = 'reelight.dead';
export const PARKED_QUEUE = 'reelight.parked';
export const QUEUES = {
  enhance: { name: 'reelight.enhance', keys: ['video.uploaded', 'video.enhance'] },
  metadata: { name: 'reelight.metadata', keys: ['video.uploaded', 'video.extract-metadata'] },
} as const satisfies Record<string, { name: string; keys: readonly TaskType[] }>;
export type QueueName = keyof typeof QUEUES;

/** How long a task waits before it is given again, by how often it failed. One delay queue each. */
export const RETRY_DELAYS_MS = [2_000, 10_000, 60_000] as const;
export type RetryDelay = (typeof RETRY_DELAYS_MS)[number];

export function retryDelay(failures: number): RetryDelay {
  return RETRY_DELAYS_MS[Math.min(Math.max(failures, 1), RETRY_DELAYS_MS.length) - 1] ?? RETRY_DELAYS_MS[0];
}
