import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, Message } from 'amqplib';
import type { Log } from '../../core/log.ts';
import { QUEUES, type QueueName } from '../../core/messages.ts';
import type { Delivery } from '../../core/ports/task-queue.ts';
import type { KeptConnection, Session } from './connection.ts';
import { ensureTopology } from './topology.ts';
import { unlessAborted } from './waiting.ts';

/** Answers of a live broker take milliseconds; without one in this time the connection counts as dead. */
const ANSWER_MS = 10_000;
const AGAIN_MS = 1_000;

export interface Consumption {
  /** In the order in which they are looked into. */
  lanes: readonly QueueName[];
  handle: (delivery: Delivery) => Promise<void>;
  /** Stops the consumption. */
  signal: AbortSignal;
  /** How long a delivery whose handler threw is held before it is given back, so that it does not spin. */
  requeueAfterMs: number;
  log: Log;
}

/**
 * Consumes until the signal, on one channel after the other: a channel ends with its connection, with a consumer that
 * the broker cancelled (its queue was deleted or moved), and with the broker's consumer timeout. The next begins only
 * when the delivery in hand is done, so there is never a second one; a late acknowledgement is then skipped, and the
 * broker has given the delivery to somebody else or will.
 */
export async function consumeUntil(connection: KeptConnection<null>, consumption: Consumption): Promise<void> {
  const { signal, log, lanes } = consumption;
  while (!signal.aborted) {
    try {
      const session = await connection.session(signal);
      await consumeOn(session, consumption);
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      log.warn('Consuming was interrupted', { lanes: lanes.join(), reason });
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }
}

interface Taken {
  queue: QueueName;
  message: Message;
}

/**
 * Takes one delivery after the other, from the first lane that has one. While all are empty, each has a consumer that is
 * told at once; they are cancelled before the work on what came begins, since what a busy worker holds ready another
 * could have begun. (A prefetch that spans consumers is refused by RabbitMQ 4.3.)
 *
 * Resolves when the channel has ended, or after the signal, and no delivery is in hand.
 */
async function consumeOn(session: Session<null>, consumption: Consumption): Promise<void> {
  const { lanes, signal, log } = consumption;
  const answer = async <T>(request: Promise<T>) => {
    const tooLate = AbortSignal.timeout(ANSWER_MS);
    try {
      return await unlessAborted(request, AbortSignal.any([tooLate, session.lost]));
    } catch (error) {
      if (tooLate.aborted) session.drop(new Error(`no answer within ${ANSWER_MS} ms`));
      throw error;
    }
  };
  const channel = await answer(session.model.createChannel());
  const ended = new AbortController();
  channel.on('error', (error) =>
    log.warn('The broker closed a channel', { lanes: lanes.join(), reason: error.message }),
  );
  channel.on('close', () => ended.abort());
  const over = AbortSignal.any([signal, ended.signal]);

  const next = async (): Promise<Taken[]> => {
    for (const queue of lanes) {
      const message = await answer(channel.get(QUEUES[queue].name));
      if (message) return [{ queue, message }];
    }
    return wait();
  };
  /** Mostly one; one of each lane where they came at the same time. */
  const wait = async (): Promise<Taken[]> => {
    const taken: Taken[] = [];
    const something = Promise.withResolvers<void>();
    const take = (queue: QueueName) => (message: Message | null) => {
      if (message) taken.push({ queue, message });
      else {
        log.warn('The broker cancelled the consumer', { queue });
        ended.abort();
      }
      something.resolve();
    };
    const tags: string[] = [];
    for (const queue of lanes) {
      tags.push((await answer(channel.consume(QUEUES[queue].name, take(queue)))).consumerTag);
      if (taken.length > 0) break;
    }
    await unlessAborted(something.promise, over).catch(() => {});
    if (!ended.signal.aborted) for (const tag of tags) await answer(channel.cancel(tag));
    return taken.toSorted((a, b) => lanes.indexOf(a.queue) - lanes.indexOf(b.queue));
  };

  try {
    // The queue may have been deleted since the connection was made.
    await answer(ensureTopology(channel));
    await answer(channel.prefetch(1));
    while (!over.aborted) {
      for (const { queue, message } of await next()) {
        if (signal.aborted) giveBack(channel, message);
        else await work(channel, queue, message, consumption);
      }
    }
  } finally {
    // Once this is answered the broker has the acknowledgement, too.
    await answer(channel.close()).catch(() => {});
  }
}

async function work(
  channel: Channel,
  queue: QueueName,
  message: Message,
  { handle, signal, requeueAfterMs, log }: Consumption,
): Promise<void> {
  try {
    await handle({ queue, body: message.content, redelivered: message.fields.redelivered });
    settle(() => channel.ack(message));
  } catch (error) {
    log.error('A delivery was not handled; it is given back', error, { queue });
    await sleep(requeueAfterMs, undefined, { signal }).catch(() => {});
    // Not nack: since RabbitMQ 4.3 only reject counts towards the delivery limit.
    settle(() => channel.reject(message, true));
  }
}

/** A message that was on its way when we stopped. Nack, because it does not count as a failure where that is told apart. */
function giveBack(channel: Channel, message: Message): void {
  settle(() => channel.nack(message, false, true));
}

/** Throws only when the channel is gone; the broker gives its deliveries to others then. */
function settle(answer: () => void): void {
  try {
    answer();
  } catch {
    return;
  }
}
