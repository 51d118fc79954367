import { TransientError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { TaskQueue, TaskSource } from '../../core/ports/task-queue.ts';
import { type Credentials, type KeptConnection, keepConnection, type Target } from './connection.ts';
import { consumeUntil } from './consumer.ts';
import { BrokerMisconfigured } from './errors.ts';
import { publisher } from './publisher.ts';

export interface Broker extends TaskQueue, TaskSource {
  /** `down` while any connection in use is lost, or blocked by a broker that is short of memory or disk. */
  state(): 'up' | 'down';
  /**
   * Closes the connections, in a bounded time. Consumers end once their delivery in hand returned; that delivery is
   * given to somebody else, so stop them by their signal first.
   */
  close(): Promise<void>;
}

export interface BrokerOptions {
  /** `amqp[s]://host:port/vhost`, without credentials. */
  url: string;
  credentials: Credentials | (() => Promise<Credentials>);
  /** What the broker's tools show for our connections. */
  name: string;
  log: Log;
  /** How long to wait for the first connection; `Infinity` for a process that is of no use without. */
  connectWithinMs?: number;
  /** Gives up waiting for the first connection. */
  signal?: AbortSignal;
  heartbeatSeconds?: number;
  publishWithinMs?: number;
  confirmWithinMs?: number;
  requeueAfterMs?: number;
}

/**
 * Connects to RabbitMQ, declares the topology, and stays connected until `close`.
 *
 * Sending and receiving have a connection each: a broker in need stops reading from those that publish, and what it
 * would no longer read are our acknowledgements. The second one is made by the first `consume`.
 *
 * @throws TransientError `broker_unavailable` when the first connection takes too long, BrokerMisconfigured when it
 * never can be made, the signal's reason when that aborts.
 */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
  const { log, connectWithinMs = 5_000, publishWithinMs = 10_000, confirmWithinMs = 4_000 } = options;
  const target = targetOf(options);
  const sending = publisher({ ...target, name: `${target.name} sending` }, { publishWithinMs, confirmWithinMs }, log);
  let receiving: KeptConnection<null> | undefined;
  const closing = new AbortController();

  try {
    await firstSession(sending.connection, connectWithinMs, options.signal);
  } catch (error) {
    await sending.connection.close();
    throw error;
  }

  return {
    publish: sending.publish,
    publishLater: sending.publishLater,
    park: sending.park,
    async consume(lanes, handle, signal) {
      if (closing.signal.aborted) return;
      receiving ??= keepConnection({ ...target, name: `${target.name} receiving` }, log, async () => null);
      const { requeueAfterMs = 1_000 } = options;
      const either = AbortSignal.any([signal, closing.signal]);
      await consumeUntil(receiving, { lanes, handle, signal: either, requeueAfterMs, log });
    },
    state() {
      const states = [sending.connection.state(), receiving?.state()];
      return states.includes('down') ? 'down' : 'up';
    },
    async close() {
      closing.abort();
      await Promise.all([sending.connection.close(), receiving?.close()]);
    },
  };
}

async function firstSession(
  connection: KeptConnection<unknown>,
  withinMs: number,
  givenUp: AbortSignal | undefined,
): Promise<void> {
  const tooLate = new AbortController();
  const timer = Number.isFinite(withinMs) ? setTimeout(() => tooLate.abort(), withinMs) : undefined;
  try {
    await connection.session(givenUp ? AbortSignal.any([givenUp, tooLate.signal]) : tooLate.signal);
  } catch (error) {
    if (error instanceof BrokerMisconfigured || !tooLate.signal.aborted) throw error;
    throw new TransientError('broker_unavailable', `The message broker did not answer within ${withinMs / 1_000} s.`, {
      cause: connection.failure() ?? error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function targetOf({ url: text, credentials, name, heartbeatSeconds = 60 }: BrokerOptions): Target {
  // Not named in the message: an address that was put together wrongly may hold a password.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['amqp:', 'amqps:'].includes(url.protocol) || !url.hostname) {
    throw new BrokerMisconfigured('broker_url_invalid', 'The broker URL must look like amqps://host:port/vhost.');
  }
  if (url.username || url.password) {
    throw new BrokerMisconfigured(
      'broker_url_invalid',
      'The broker URL must not contain credentials: give them separately.',
    );
  }
  url.searchParams.set('heartbeat', String(heartbeatSeconds));
  return { url, credentials, name, heartbeatSeconds };
}
