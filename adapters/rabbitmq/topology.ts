import type { Channel } from 'amqplib';
import {
  DEAD_EXCHANGE,
  EXCHANGE,
  PARKED_QUEUE,
  QUEUES,
  type QueueName,
  RETRY_DELAYS_MS,
  type RetryDelay,
} from '../../core/messages.ts';
import { BrokerMisconfigured } from './errors.ts';

/** Crashes of ours count as deliveries too, so the broker only ends what the record's own count did not. */
export const DELIVERY_LIMIT = 20;
/** RabbitMQ 4 deletes after 20 deliveries where no limit is set, 3.x knows no word for "none". */
const NO_DELIVERY_LIMIT = 1_000_000;
/** AMQP's reply code for "it exists, but differently". */
const PRECONDITION_FAILED = 406;

/** Where a task waits before it goes back to its queue. */
export const retryQueue = (queue: QueueName, delay: RetryDelay): string => `${QUEUES[queue].name}.retry.${delay}`;

/**
 * Declares every exchange, queue and binding; what is there already stays as it is. Works on RabbitMQ 3.10, 3.13 and
 * 4.x. Everything is a quorum queue, so that it survives the loss of a node, and everything that leaves a queue by
 * itself leaves it at least once, which needs `reject-publish` as the overflow.
 * https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
 *
 * @throws BrokerMisconfigured `topology_differs` when one of them exists with other arguments; the channel is closed then.
 */
export async function ensureTopology(channel: Channel): Promise<void> {
  // A refused declaration rejects its promise and is emitted too, which would be thrown if nobody listened.
  const heard = () => {};
  channel.on('error', heard);
  try {
    await declared(`exchange ${DEAD_EXCHANGE}`, channel.assertExchange(DEAD_EXCHANGE, 'fanout', { durable: true }));
    await quorumQueue(channel, PARKED_QUEUE, { 'x-delivery-limit': NO_DELIVERY_LIMIT });
    await channel.bindQueue(PARKED_QUEUE, DEAD_EXCHANGE, '');

    await declared(`exchange ${EXCHANGE}`, channel.assertExchange(EXCHANGE, 'topic', { durable: true }));
    for (const name of Object.keys(QUEUES) as QueueName[]) await taskQueue(channel, name);
  } finally {
    channel.off('error', heard);
  }
}

async function taskQueue(channel: Channel, queue: QueueName): Promise<void> {
  const { name, keys } = QUEUES[queue];
  await quorumQueue(channel, name, { 'x-delivery-limit': DELIVERY_LIMIT, ...deadLettersTo(DEAD_EXCHANGE) });
  for (const key of keys) await channel.bindQueue(name, EXCHANGE, key);
  for (const delay of RETRY_DELAYS_MS) {
    await quorumQueue(channel, retryQueue(queue, delay), {
      'x-message-ttl': delay,
      // The default exchange leads straight to the queue: a task that is given again must not reach the others.
      ...deadLettersTo(''),
      'x-dead-letter-routing-key': name,
    });
  }
}

const deadLettersTo = (exchange: string) => ({
  'x-dead-letter-exchange': exchange,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});

async function quorumQueue(channel: Channel, name: string, args: Record<string, string | number>): Promise<void> {
  const queue = channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': 'quorum', ...args } });
  await declared(`queue ${name}`, queue);
}

async function declared(what: string, declaration: Promise<unknown>): Promise<void> {
  try {
    await declaration;
  } catch (cause) {
    if (!isPreconditionFailed(cause)) throw cause;
    throw new BrokerMisconfigured(
      'topology_differs',
      `The ${what} exists on the broker with other arguments than this version needs. Drain it, delete it and start again.`,
      { cause },
    );
  }
}

function isPreconditionFailed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === PRECONDITION_FAILED;
}
