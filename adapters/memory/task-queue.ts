import { setTimeout as sleep } from 'node:timers/promises';
import { QUEUES, type QueueName, TaskMessage } from '../../core/messages.ts';
import type { TaskQueue, TaskSource } from '../../core/ports/task-queue.ts';
import { DELIVERY_LIMIT } from '../rabbitmq/topology.ts';

export interface MemoryTaskQueue extends TaskQueue, TaskSource {
  /** What was put aside, oldest first. */
  readonly parked: readonly ParkedTask[];
  /** How many tasks of a queue wait for a consumer now; delayed ones and those in hand not counted. */
  depth(queue: QueueName): number;
}

export interface ParkedTask {
  queue: QueueName;
  body: Uint8Array;
  reason: string;
}

export interface MemoryTaskQueueOptions {
  /** Calls back after that many milliseconds. Inject one for delays that pass at once or on command. */
  after?: (ms: number, act: () => void) => void;
  /** How long a delivery whose handler threw is held before it is given back. */
  requeueAfterMs?: number;
}

interface Task {
  body: Uint8Array;
  deliveries: number;
}

interface Line {
  tasks: Task[];
  /** Resolves when a task arrives, and is replaced then. */
  arrival: PromiseWithResolvers<void>;
}

/** RabbitMQ's twin in memory: the same routing, delays, redelivery, delivery limit and parking. */
export function memoryTaskQueue(options: MemoryTaskQueueOptions = {}): MemoryTaskQueue {
  const { after = setTimeoutAfter, requeueAfterMs = 1_000 } = options;
  const lines: Record<QueueName, Line> = { enhance: newLine(), pieces: newLine(), metadata: newLine() };
  const parked: ParkedTask[] = [];

  const arrived = (line: Line) => {
    line.arrival.resolve();
    line.arrival = Promise.withResolvers();
  };
  const add = (queue: QueueName, body: Uint8Array) => {
    lines[queue].tasks.push({ body, deliveries: 0 });
    arrived(lines[queue]);
  };
  /** To the front, as quorum queues do, or aside when it came back too often. */
  const giveBack = (queue: QueueName, task: Task) => {
    if (task.deliveries > DELIVERY_LIMIT) {
      parked.push({ queue, body: task.body, reason: 'delivery_limit' });
      return;
    }
    lines[queue].tasks.unshift(task);
    arrived(lines[queue]);
  };

  return {
    parked,
    depth: (queue) => lines[queue].tasks.length,
    async publish(message) {
      const body = encode(message);
      for (const queue of Object.keys(QUEUES) as QueueName[]) {
        const keys: readonly string[] = QUEUES[queue].keys;
        if (keys.includes(message.type)) add(queue, body);
      }
    },
    async publishLater(queue, message, delay) {
      const body = encode(message);
      after(delay, () => add(queue, body));
    },
    async park(queue, body, reason) {
      parked.push({ queue, body: Uint8Array.from(body), reason });
    },
    async consume(lanes, handle, signal) {
      while (!signal.aborted) {
        const queue = lanes.find((lane) => lines[lane].tasks.length > 0);
        const task = queue && lines[queue].tasks.shift();
        if (!queue || !task) {
          await arrivalOrAbort(
            lanes.map((lane) => lines[lane]),
            signal,
          );
          continue;
        }
        task.deliveries += 1;
        try {
          await handle({ queue, body: task.body, redelivered: task.deliveries > 1 });
        } catch {
          await sleep(requeueAfterMs, undefined, { signal }).catch(() => {});
          giveBack(queue, task);
        }
      }
    },
  };
}

const newLine = (): Line => ({ tasks: [], arrival: Promise.withResolvers() });

const encode = (message: TaskMessage): Uint8Array => Buffer.from(JSON.stringify(TaskMessage.parse(message)));

function setTimeoutAfter(ms: number, act: () => void): void {
  setTimeout(act, ms);
}

async function arrivalOrAbort(lines: Line[], signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([...lines.map(({ arrival }) => arrival.promise), aborted.promise]);
  signal.removeEventListener('abort', onAbort);
}
