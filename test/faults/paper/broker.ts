import { QUEUES, type QueueName, type TaskMessage } from '../../../core/messages.ts';
import type { TaskQueue } from '../../../core/ports/index.ts';

/** A message in somebody's hands. */
export interface Delivery {
  body: Uint8Array;
  acknowledge(): void;
  /** Its holder is gone, or does not want it: it is given to the next. Nothing, once it is settled. */
  giveBack(): void;
}

export interface PaperBroker {
  tasks: TaskQueue;
  /** The next message of the first of these queues that has one. */
  take(lanes: readonly QueueName[]): Delivery | undefined;
  /** Those that wait, and those in somebody's hands. */
  depths(): Record<string, number>;
  parked: { body: Uint8Array; reason: string }[];
}

/**
 * A broker that gives a message again until it is acknowledged, and some of them twice.
 *
 * @param twice whether this message is copied on its way
 */
export function paperBroker(after: (ms: number, act: () => void) => void, twice: () => boolean): PaperBroker {
  const names = Object.keys(QUEUES) as QueueName[];
  const queues = new Map<QueueName, Uint8Array[]>(names.map((name) => [name, []]));
  const inHand = new Map<QueueName, number>(names.map((name) => [name, 0]));
  const parked: PaperBroker['parked'] = [];
  const hold = (name: QueueName, change: number) => inHand.set(name, (inHand.get(name) ?? 0) + change);
  const add = (name: QueueName, message: TaskMessage) => {
    const body = Buffer.from(JSON.stringify(message));
    queues.get(name)?.push(body, ...(twice() ? [body] : []));
  };
  return {
    parked,
    tasks: {
      async publish(message) {
        for (const name of names) {
          const keys: readonly string[] = QUEUES[name].keys;
          if (keys.includes(message.type)) add(name, message);
        }
      },
      publishLater: async (name, message, delay) => after(delay, () => add(name, message)),
      park: async (_, body, reason) => void parked.push({ body, reason }),
    },
    take(lanes) {
      const name = lanes.find((lane) => queues.get(lane)?.length);
      const body = name && queues.get(name)?.shift();
      if (!body) return undefined;
      hold(name, 1);
      let isSettled = false;
      const settle = (act: () => void) => {
        if (isSettled) return;
        isSettled = true;
        hold(name, -1);
        act();
      };
      return {
        body,
        acknowledge: () => settle(() => {}),
        giveBack: () => settle(() => queues.get(name)?.unshift(body)),
      };
    },
    depths: () =>
      Object.fromEntries(names.map((name) => [name, (queues.get(name)?.length ?? 0) + (inHand.get(name) ?? 0)])),
  };
}
