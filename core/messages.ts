import { z } from 'zod';
import { PieceName, PlanId } from './pieces.ts';
import { FileId } from './video.ts';

const envelope = {
  v: z.literal(1),
  file_id: FileId,
  attempt: z.int().min(1),
  /** W3C traceparent. */
  trace: z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
};

/**
 * What travels over RabbitMQ. One publish of `video.uploaded` reaches both the metadata and the enhancement queue;
 * the narrower keys reach one of them. What belongs to a plan names it: under another plan it is of no use any more.
 */
export const TaskMessage = z.discriminatedUnion('type', [
  z.strictObject({ ...envelope, type: z.enum(['video.uploaded', 'video.enhance', 'video.extract-metadata']) }),
  z.strictObject({ ...envelope, type: z.literal('video.piece'), plan: PlanId, piece: PieceName }),
  z.strictObject({ ...envelope, type: z.literal('video.assemble'), plan: PlanId }),
]);
export type TaskMessage = z.infer<typeof TaskMessage>;
export type TaskType = TaskMessage['type'];
/** The message of one type. */
export type Message<T extends TaskType> = TaskMessage & { type: T };

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
/**
 * Workers look into `enhance` first: it holds what is short, or short of its end. In `pieces` is what long videos were
 * cut into, a few of each at a time.
 */
export const QUEUES = {
  enhance: { name: 'reelight.enhance', keys: ['video.uploaded', 'video.enhance', 'video.assemble'] },
  pieces: { name: 'reelight.pieces', keys: ['video.piece'] },
  metadata: { name: 'reelight.metadata', keys: ['video.uploaded', 'video.extract-metadata'] },
} as const satisfies Record<string, { name: string; keys: readonly TaskType[] }>;
export type QueueName = keyof typeof QUEUES;

/** How long a task waits before it is given again, by how often it failed. One delay queue each. */
export const RETRY_DELAYS_MS = [2_000, 10_000, 60_000] as const;
export type RetryDelay = (typeof RETRY_DELAYS_MS)[number];

/** @param failures so far, from 1 on */
export function retryDelay(failures: number): RetryDelay {
  return RETRY_DELAYS_MS[Math.min(Math.max(failures, 1), RETRY_DELAYS_MS.length) - 1] ?? RETRY_DELAYS_MS[0];
}
