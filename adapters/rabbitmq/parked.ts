import { connect, type GetMessage, credentials as sasl } from 'amqplib';
import { PARKED_QUEUE, QUEUES, type QueueName } from '../../core/messages.ts';
import type { ParkedTask, ParkedTasks } from '../../core/ports/parked-tasks.ts';
import type { Credentials } from './connection.ts';
import { ensureTopology } from './topology.ts';

const CONNECT_MS = 10_000;

/**
 * The parking queue, for somebody who looks into it by hand. Connects for each review: everything unsettled goes back
 * to the broker when that connection ends, however it ends.
 *
 * @param url `amqp[s]://host:port/vhost`, without credentials
 */
export function rabbitParkedTasks(url: string, credentials: () => Promise<Credentials>): ParkedTasks {
  return {
    async review(decide) {
      const { username, password } = await credentials();
      const connection = await connect(url, { timeout: CONNECT_MS, credentials: sasl.plain(username, password) });
      // A lost connection fails the next call as well; unheard, it would end the process.
      connection.on('error', () => {});
      try {
        const channel = await connection.createChannel();
        await ensureTopology(channel);
        const { messageCount } = await channel.checkQueue(PARKED_QUEUE);
        for (let seen = 0; seen < messageCount; seen++) {
          const message = await channel.get(PARKED_QUEUE);
          if (!message) break;
          // What is kept is left unsettled, so that it does not come up again, and goes back at the end.
          if ((await decide(taskOf(message))) === 'remove') channel.ack(message);
        }
        await channel.close();
      } finally {
        await connection.close().catch(() => {});
      }
    },
  };
}

/** Ours say where they come from and why; those that the broker parked carry its own account of it. */
function taskOf({ content, properties }: GetMessage): ParkedTask {
  const { 'x-queue': from, 'x-reason': reason, 'x-death': deaths } = properties.headers ?? {};
  const [death] = Array.isArray(deaths) ? deaths : [];
  const name = from ?? death?.queue;
  const queue = (Object.keys(QUEUES) as QueueName[]).find((each) => QUEUES[each].name === name) ?? null;
  return { queue, body: content, reason: String(reason ?? death?.reason ?? 'unknown') };
}
