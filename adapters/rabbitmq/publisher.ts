import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConfirmChannel, IllegalOperationError, type Options } from 'amqplib';
import { TransientError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { DEAD_EXCHANGE, EXCHANGE, QUEUES, TaskMessage } from '../../core/messages.ts';
import type { TaskQueue } from '../../core/ports/task-queue.ts';
import { count } from '../metering/tally.ts';
import { type KeptConnection, keepConnection, type Session, type Target } from './connection.ts';
import { ensureTopology, retryQueue } from './topology.ts';
import { unlessAborted } from './waiting.ts';

/** A header table has 64 KiB, a reader less patience. */
const MAX_REASON = 2_000;
const REFUSED_PAUSE_MS = 200;

export interface PublishLimits {
  /** The whole time a publish may take, reconnects included. */
  publishWithinMs: number;
  /** How long a confirm may take before the connection counts as dead. */
  confirmWithinMs: number;
}

/** A confirm channel, and which of its messages came back because no queue took them. */
interface Outbox {
  channel: ConfirmChannel;
  returned: Set<string>;
}

/**
 * The sending half. Resolves once the broker confirmed, which for quorum queues means that a majority has it on disk.
 * Whatever else happens the message is sent again while there is time: it may arrive twice, it is never lost silently.
 */
export function publisher(
  target: Target,
  limits: PublishLimits,
  log: Log,
): TaskQueue & { connection: KeptConnection<Outbox> } {
  const connection = keepConnection(target, log, async (model, drop) => {
    const channel = await model.createConfirmChannel();
    await ensureTopology(channel);
    const returned = new Set<string>();
    channel.on('return', ({ properties }) => returned.add(properties.messageId));
    channel.on('error', drop);
    channel.on('close', () => drop(new Error('the channel was closed')));
    return { channel, returned };
  });

  async function send(exchange: string, routingKey: string, content: Buffer, properties: Options.Publish) {
    const options = {
      ...properties,
      messageId: randomUUID(),
      timestamp: Math.floor(Date.now() / 1_000),
      persistent: true,
      mandatory: true,
    };
    const deadline = AbortSignal.timeout(limits.publishWithinMs);
    for (let cause: unknown; ; ) {
      const session = await connection.session(deadline).catch((error: unknown) => {
        throw unavailable(limits.publishWithinMs, cause ?? connection.failure() ?? error);
      });
      cause = await failureOf(session, { exchange, routingKey, content, options, deadline });
      if (cause === undefined) return;
      log.warn('A task was not confirmed', { routing_key: routingKey, reason: String(cause) });
      if (deadline.aborted) throw unavailable(limits.publishWithinMs, cause);
    }
  }

  /** Sends once. Undefined when the broker took the message, else why not. */
  async function failureOf({ value, lost, blocked, drop }: Session<Outbox>, message: Outgoing): Promise<unknown> {
    const { exchange, routingKey, content, options } = message;
    const confirm = Promise.withResolvers<boolean>();
    count({ messages: 1 });
    try {
      value.channel.publish(exchange, routingKey, content, options, (error) => confirm.resolve(!error));
    } catch (error) {
      if (!(error instanceof IllegalOperationError)) throw error;
      drop(error);
      return error;
    }
    const patience = AbortSignal.any([AbortSignal.timeout(limits.confirmWithinMs), message.deadline]);
    const confirmed = await unlessAborted(confirm.promise, patience).catch(() => undefined);
    if (confirmed === undefined) {
      const silence = new Error('no confirm came in time');
      if (!blocked()) drop(silence);
      return silence;
    }
    if (!confirmed) {
      if (lost.aborted) return lost.reason;
      await sleep(REFUSED_PAUSE_MS);
      return new Error('the broker refused the message');
    }
    if (!value.returned.delete(options.messageId)) return undefined;
    // A queue or a binding was deleted behind our back. Connecting again declares it again.
    const unroutable = new Error(`no queue takes ${routingKey}`);
    drop(unroutable);
    return unroutable;
  }

  return {
    connection,
    async publish(message) {
      await send(EXCHANGE, message.type, ...encode(message));
    },
    async publishLater(queue, message, delay) {
      await send('', retryQueue(queue, delay), ...encode(message));
    },
    async park(queue, body, reason) {
      const { name } = QUEUES[queue];
      await send(DEAD_EXCHANGE, name, Buffer.from(body), {
        contentType: 'application/octet-stream',
        headers: { 'x-reason': reason.slice(0, MAX_REASON), 'x-queue': name },
      });
    },
  };
}

interface Outgoing {
  exchange: string;
  routingKey: string;
  content: Buffer;
  options: Options.Publish & { messageId: string };
  deadline: AbortSignal;
}

function encode(message: TaskMessage): [Buffer, Options.Publish] {
  const task = TaskMessage.parse(message);
  return [
    Buffer.from(JSON.stringify(task)),
    { contentType: 'application/json', type: task.type, headers: { traceparent: task.trace } },
  ];
}

function unavailable(withinMs: number, cause: unknown): TransientError {
  const message = `The message broker did not take the task within ${withinMs / 1_000} s. Try again later.`;
  return new TransientError('broker_unavailable', message, { cause });
}
