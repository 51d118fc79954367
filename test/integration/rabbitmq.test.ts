import { type ChannelModel, type ConfirmChannel, connect, type GetMessage } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Broker, type BrokerOptions, connectBroker } from '../../adapters/rabbitmq/broker.ts';
import { BrokerMisconfigured } from '../../adapters/rabbitmq/errors.ts';
import { ensureTopology, retryQueue } from '../../adapters/rabbitmq/topology.ts';
import { TransientError } from '../../core/errors.ts';
import { jsonLog } from '../../core/log.ts';
import { PARKED_QUEUE, QUEUES, type QueueName, RETRY_DELAYS_MS } from '../../core/messages.ts';
import { quiet, startConsumer, task, taskQueueConformance, until } from '../conformance/task-queue.ts';
import { startFlakyProxy } from './flaky-proxy.ts';
import { type OwnBroker, startOwnBroker } from './own-broker.ts';

let rabbit: OwnBroker;
/** What a human with the management tools would do; gone whenever the broker is. */
let admin: { model: ChannelModel; channel: ConfirmChannel };
const logged: string[] = [];
const log = jsonLog((line) => logged.push(line));
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  rabbit = await startOwnBroker();
  await renewAdmin();
  await ensureTopology(admin.channel);
}, 90_000);
afterAll(() => rabbit?.remove());
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

describe('over RabbitMQ', () => {
  taskQueueConformance(async ({ requeueAfterMs }) => {
    await purge();
    const queue = await connectBroker(options({ requeueAfterMs }));
    return { queue, parked: takeParked(), millisecondsPerSecond: 1_000, close: () => queue.close() };
  });
});

describe('topology', () => {
  it('can be declared by many at once, on a virtual host of its own', async () => {
    const url = await virtualHost('crowd');
    const brokers = await Promise.all(Array.from({ length: 6 }, () => broker({ url, connectWithinMs: 30_000 })));
    await Promise.all(brokers.map((each) => each.publish(task('video.enhance'))));
    const consumer = consume(brokers[0], 'enhance');
    await until(() => consumer.taken.length === brokers.length);
  });

  it('that differs is one clear error, without waiting', async () => {
    const url = await virtualHost('differs');
    await rabbit.ctl('eval', `rabbit_amqqueue:declare(${resource('differs')}, true, false, [], none, <<"test">>).`);
    const failure = await connectBroker(options({ url, connectWithinMs: Number.POSITIVE_INFINITY })).catch((e) => e);
    expect(failure).toBeInstanceOf(BrokerMisconfigured);
    expect(failure).toMatchObject({ code: 'topology_differs', retryable: false });
    expect(failure.message).toContain(QUEUES.enhance.name);
  });
});

describe('what is sent', () => {
  it('is durable, dated, typed and traced', async () => {
    await purge();
    const message = task('video.enhance');
    await (await broker()).publish(message);
    const { properties, content } = await get(QUEUES.enhance.name);
    expect(JSON.parse(content.toString())).toEqual(message);
    expect(properties).toMatchObject({
      contentType: 'application/json',
      deliveryMode: 2,
      type: 'video.enhance',
      headers: { traceparent: message.trace },
    });
    expect(properties.messageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs(properties.timestamp - Date.now() / 1_000)).toBeLessThan(30);
  });

  it('comes back from the delay queue with all it had', async () => {
    await purge();
    const delay = RETRY_DELAYS_MS[0];
    await (await broker()).publishLater('metadata', task('video.extract-metadata'), delay);
    const waiting = await get(retryQueue('metadata', delay), { giveBack: true });
    await until(async () => (await admin.channel.checkQueue(QUEUES.metadata.name)).messageCount === 1, 5_000);
    const { properties, content } = await get(QUEUES.metadata.name);
    const { 'x-death': deaths, ...headers } = properties.headers ?? {};
    expect(content).toEqual(waiting.content);
    expect({ ...properties, headers: headers.traceparent }).toEqual({
      ...waiting.properties,
      headers: waiting.properties.headers?.traceparent,
    });
    expect(deaths).toMatchObject([{ reason: 'expired', count: 1 }]);
    expect((await admin.channel.checkQueue(QUEUES.metadata.name)).messageCount).toBe(0);
  });

  it('finds its queues again when they were deleted behind our back', async () => {
    const sender = await broker();
    for (const { name } of Object.values(QUEUES)) await admin.channel.deleteQueue(name);
    const message = task('video.uploaded');
    await sender.publish(message);
    for (const { name, keys } of Object.values(QUEUES)) {
      if (!keys.some((key) => key === message.type)) continue;
      expect(JSON.parse((await get(name)).content.toString())).toEqual(message);
    }
  });
});

describe('a delivery that always fails', () => {
  it('is parked by the broker, once', async () => {
    await purge();
    const here = await broker({ requeueAfterMs: 0 });
    const message = task('video.enhance');
    await here.publish(message);
    const consumer = consume(here, 'enhance', async () => {
      throw new Error('never');
    });
    await until(async () => (await admin.channel.checkQueue(PARKED_QUEUE)).messageCount === 1, 10_000);
    await quiet();
    expect(consumer.taken).toHaveLength(21);
    const { content, properties } = await get(PARKED_QUEUE);
    expect(JSON.parse(content.toString())).toEqual(message);
    expect(properties.headers?.['x-death']).toMatchObject([{ queue: QUEUES.enhance.name, reason: 'delivery_limit' }]);
  });
});

describe('a consumer', () => {
  it('goes on when its queue was deleted, after the delivery in hand', async () => {
    await purge();
    const here = await broker();
    const gate = Promise.withResolvers<void>();
    const consumer = consume(here, 'enhance', () => gate.promise);
    await here.publish(task('video.enhance'));
    await until(() => consumer.taken.length === 1);
    await admin.channel.deleteQueue(QUEUES.enhance.name);
    const next = task('video.enhance');
    await here.publish(next);
    await quiet();
    expect(consumer.taken).toHaveLength(1);
    gate.resolve();
    await until(() => consumer.taken.length === 2);
    expect(consumer.messages()[1]).toEqual(next);
  });

  it('brings its deleted queue back by itself', async () => {
    await purge();
    const here = await broker();
    const consumer = consume(here, 'enhance');
    await until(async () => (await admin.channel.checkQueue(QUEUES.enhance.name)).consumerCount === 1);
    await admin.channel.deleteQueue(QUEUES.enhance.name);
    await until(() => isThere(QUEUES.enhance.name));
    admin.channel.sendToQueue(QUEUES.enhance.name, Buffer.from(JSON.stringify(task('video.enhance'))));
    await until(() => consumer.taken.length === 1);
  });

  it('whose connection drops finishes its job once, and then gets the copy', async () => {
    await purge();
    const proxy = await flakyProxy();
    const here = await broker({ url: `amqp://127.0.0.1:${proxy.port}` });
    const gate = Promise.withResolvers<void>();
    const finished: boolean[] = [];
    const consumer = consume(here, 'enhance', async ({ redelivered }) => {
      await gate.promise;
      finished.push(redelivered);
    });
    await here.publish(task('video.enhance'));
    await until(() => consumer.taken.length === 1);
    proxy.cut();
    await here.publish(task('video.enhance'));
    await quiet();
    expect(consumer.taken).toHaveLength(1);
    gate.resolve();
    await until(() => finished.length === 3);
    expect(finished.toSorted()).toEqual([false, false, true]);
  });

  it('that works longer than the broker waits for an acknowledgement finishes, and then gets the copy', async () => {
    await purge();
    await rabbit.ctl('eval', waitForAcknowledgements({ atMostMs: 300, lookEveryMs: 100 }));
    cleanups.push(() => rabbit.ctl('eval', waitForAcknowledgements({ atMostMs: 1_800_000, lookEveryMs: 60_000 })));
    const here = await broker();
    const gate = Promise.withResolvers<void>();
    const consumer = consume(here, 'enhance', () => gate.promise);
    await here.publish(task('video.enhance'));
    await until(() => consumer.taken.length === 1);
    await until(async () => (await admin.channel.checkQueue(QUEUES.enhance.name)).messageCount === 1, 10_000);
    await quiet();
    expect(consumer.taken).toHaveLength(1);
    gate.resolve();
    await until(() => consumer.taken.length === 2);
    expect(consumer.taken[1]?.redelivered).toBe(true);
    await consumer.stop();
    expect((await admin.channel.checkQueue(QUEUES.enhance.name)).messageCount).toBe(0);
  });

  it('gives back what it has in hand when its broker is closed', async () => {
    await purge();
    const [one, two] = [await broker(), await broker()];
    const gate = Promise.withResolvers<void>();
    const first = consume(one, 'enhance', () => gate.promise);
    await one.publish(task('video.enhance'));
    await until(() => first.taken.length === 1);
    await one.close();
    const second = consume(two, 'enhance');
    await until(() => second.taken.length === 1);
    expect(second.taken[0]?.redelivered).toBe(true);
    gate.resolve();
    await first.stop();
    await expect(one.publish(task('video.enhance'))).rejects.toMatchObject({ code: 'broker_unavailable' });
  });
});

describe('a sender', () => {
  it('sends again when the connection is lost before the confirm', async () => {
    await purge();
    const proxy = await flakyProxy();
    const here = await broker({ url: `amqp://127.0.0.1:${proxy.port}` });
    const message = task('video.enhance');
    proxy.muteServer();
    const publishing = here.publish(message);
    await until(async () => (await admin.channel.checkQueue(QUEUES.enhance.name)).messageCount === 1);
    proxy.cut();
    await publishing;
    // Twice, never not at all: the first copy was taken, and nobody could know.
    for (const _ of [1, 2]) expect(JSON.parse((await get(QUEUES.enhance.name)).content.toString())).toEqual(message);
  });

  it('finds out that its connection is dead, and gets another, within its time', async () => {
    const proxy = await flakyProxy();
    const here = await broker({ url: `amqp://127.0.0.1:${proxy.port}`, confirmWithinMs: 300, publishWithinMs: 3_000 });
    proxy.freeze();
    await here.publish(task('video.enhance'));
    // On a busy machine the second one may be taken for dead, too.
    expect(proxy.accepted()).toBeGreaterThanOrEqual(2);
  });

  it('does not even try a connection that was kept frozen for longer than the broker waits', async () => {
    const proxy = await flakyProxy();
    const here = await broker({ url: `amqp://127.0.0.1:${proxy.port}` });
    proxy.freeze();
    const thawedAt = Date.now() + 70_000;
    vi.spyOn(Date, 'now').mockReturnValue(thawedAt);
    cleanups.push(() => vi.restoreAllMocks());
    const began = performance.now();
    await here.publish(task('video.enhance'));
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('gives up in time while the broker is short of memory, and works again when it is not', async () => {
    await purge();
    const here = await broker({ publishWithinMs: 700, confirmWithinMs: 300 });
    const gate = Promise.withResolvers<void>();
    const consumer = consume(here, 'metadata', () => gate.promise);
    await here.publish(task('video.extract-metadata'));
    await until(() => consumer.taken.length === 1);

    await rabbit.ctl('set_vm_memory_high_watermark', 'absolute', '1');
    cleanups.push(() => rabbit.ctl('set_vm_memory_high_watermark', '0.4'));
    await expectUnavailable(() => here.publish(task('video.enhance')), 700);
    expect(here.state()).toBe('down');
    // Known to be blocked by now: not even written.
    await expectUnavailable(() => here.publish(task('video.enhance')), 700);

    // Receiving goes on.
    gate.resolve();
    await consumer.stop();
    const { messageCount } = await admin.channel.checkQueue(QUEUES.metadata.name);
    expect(messageCount).toBe(0);

    await rabbit.ctl('set_vm_memory_high_watermark', '0.4');
    await until(() => here.state() === 'up', 5_000);
    await here.publish(task('video.enhance'));
    expect((await admin.channel.checkQueue(QUEUES.enhance.name)).messageCount).toBe(2);
  });

  it('with a wrong password fails in time, and tells nobody the password', async () => {
    const credentials = { username: rabbit.credentials.username, password: 'wrong-but-private' };
    const failure = await connectBroker(options({ credentials, connectWithinMs: 500 })).catch((e) => e);
    expect(failure).toMatchObject({ code: 'broker_unavailable', cause: expect.any(Error) });
    expect(`${failure.stack}${failure.cause.stack}${logged}`).not.toContain(credentials.password);
  });

  it('takes new credentials when it connects again', async () => {
    const proxy = await flakyProxy();
    const credentials = vi.fn(async () => rabbit.credentials);
    const here = await broker({ url: `amqp://127.0.0.1:${proxy.port}`, credentials });
    proxy.cut();
    await here.publish(task('video.enhance'));
    expect(credentials).toHaveBeenCalledTimes(2);
  });
});

describe('a broker that goes away', () => {
  afterEach(async () => {
    await renewAdmin();
  });

  it('and comes back: the job in hand is finished once, its copy comes, and what was not confirmed is there', async () => {
    await purge();
    const here = await broker({ publishWithinMs: 500 });
    const gate = Promise.withResolvers<void>();
    const consumer = consume(here, 'enhance', () => gate.promise);
    const message = task('video.enhance');
    await here.publish(message);
    await until(() => consumer.taken.length === 1);

    const proxy = await flakyProxy();
    const persistent = await broker({ url: `amqp://127.0.0.1:${proxy.port}`, publishWithinMs: 50_000 });
    proxy.muteServer();
    const unconfirmed = task('video.extract-metadata');
    const publishing = persistent.publish(unconfirmed);
    await until(async () => (await admin.channel.checkQueue(QUEUES.metadata.name)).messageCount === 1);

    await rabbit.stop();
    await expectUnavailable(() => here.publish(task('video.enhance')), 500);
    expect(here.state()).toBe('down');
    await expect(connectBroker(options({ connectWithinMs: 300 }))).rejects.toMatchObject({
      code: 'broker_unavailable',
    });
    const patient = broker({ connectWithinMs: Number.POSITIVE_INFINITY });

    await rabbit.start();
    expect((await patient).state()).toBe('up');
    await publishing;
    await until(() => here.state() === 'up', 10_000);
    await here.publish(message);
    await quiet();
    expect(consumer.taken).toHaveLength(1);
    gate.resolve();
    await until(() => consumer.taken.length === 3);
    expect(consumer.taken.map(({ redelivered }) => redelivered).toSorted()).toEqual([false, false, true]);
    expect(consumer.messages()).toEqual([message, message, message]);

    await renewAdmin();
    // The copy that outlived the restart, and the one that was sent after it.
    for (const _ of [1, 2]) {
      expect(JSON.parse((await get(QUEUES.metadata.name)).content.toString())).toEqual(unconfirmed);
    }
  }, 60_000);

  it('by SIGKILL, in the middle of a burst: every task that was taken is there', async () => {
    await purge();
    const here = await broker({ publishWithinMs: 50_000 });
    const sent = Array.from({ length: 300 }, () => task('video.enhance'));
    const unsent = [...sent];
    let confirmed = 0;
    let killed: Promise<void> | undefined;
    const publishing = Array.from({ length: 20 }, async () => {
      for (let message = unsent.pop(); message; message = unsent.pop()) {
        await here.publish(message);
        confirmed += 1;
        if (confirmed === 30) killed = rabbit.kill();
      }
    });
    await until(() => killed !== undefined);
    await killed;
    expect(confirmed).toBeLessThan(sent.length);
    await rabbit.start();
    await Promise.all(publishing);
    const consumer = consume(here, 'enhance');
    const wanted = new Set(sent.map(({ file_id }) => file_id));
    await until(
      () => consumer.messages().every(({ file_id }) => wanted.delete(file_id) || true) && !wanted.size,
      20_000,
    );
  }, 60_000);
});

it('never logged the password', () => {
  expect(logged.length).toBeGreaterThan(0);
  expect(logged.join('\n')).not.toContain(rabbit.credentials.password);
});

function options(changes: Partial<BrokerOptions> = {}): BrokerOptions {
  return { url: rabbit.url, credentials: rabbit.credentials, name: 'test', log, ...changes };
}

async function broker(changes: Partial<BrokerOptions> = {}): Promise<Broker> {
  const made = await connectBroker(options(changes));
  cleanups.push(() => made.close());
  return made;
}

function consume(here: Broker | undefined, queue: QueueName, handle?: Parameters<typeof startConsumer>[2]) {
  if (!here) throw new Error('no broker');
  const consumer = startConsumer(here, queue, handle);
  cleanups.push(() => consumer.stop());
  return consumer;
}

async function flakyProxy() {
  const proxy = await startFlakyProxy(rabbit.port);
  cleanups.push(() => proxy.close());
  return proxy;
}

async function renewAdmin(): Promise<void> {
  const { username, password } = rabbit.credentials;
  const model = await connect(rabbit.url.replace('//', `//${username}:${password}@`));
  model.on('error', () => {});
  admin = { model, channel: await model.createConfirmChannel() };
  admin.channel.on('error', () => {});
}

async function virtualHost(name: string): Promise<string> {
  await rabbit.ctl('add_vhost', name);
  await rabbit.ctl('set_permissions', '--vhost', name, rabbit.credentials.username, '.*', '.*', '.*');
  return `${rabbit.url}/${name}`;
}

const resource = (vhost: string) => `rabbit_misc:r(<<"${vhost}">>, queue, <<"${QUEUES.enhance.name}">>)`;

const waitForAcknowledgements = ({ atMostMs, lookEveryMs }: Record<'atMostMs' | 'lookEveryMs', number>) =>
  `application:set_env(rabbit, consumer_timeout, ${atMostMs}),
   application:set_env(rabbit, channel_tick_interval, ${lookEveryMs}).`;

async function purge(): Promise<void> {
  const delayed = (Object.keys(QUEUES) as QueueName[]).flatMap((queue) =>
    RETRY_DELAYS_MS.map((delay) => retryQueue(queue, delay)),
  );
  for (const name of [...Object.values(QUEUES).map((queue) => queue.name), ...delayed, PARKED_QUEUE]) {
    await admin.channel.purgeQueue(name);
  }
}

/** Asked on a channel of its own: the broker closes the one that asks for what is not there. */
async function isThere(queue: string): Promise<boolean> {
  const channel = await admin.model.createChannel();
  channel.on('error', () => {});
  try {
    await channel.checkQueue(queue);
    await channel.close();
    return true;
  } catch {
    return false;
  }
}

async function get(queue: string, { giveBack = false } = {}): Promise<GetMessage> {
  const message = await admin.channel.get(queue);
  if (!message) throw new Error(`${queue} is empty`);
  if (giveBack) admin.channel.nack(message, false, true);
  else admin.channel.ack(message);
  return message;
}

/** Collects what is parked as it is taken out. */
function takeParked() {
  const taken: { queue: QueueName; body: Uint8Array; reason: string }[] = [];
  return async () => {
    for (
      let message = await admin.channel.get(PARKED_QUEUE);
      message;
      message = await admin.channel.get(PARKED_QUEUE)
    ) {
      admin.channel.ack(message);
      const { 'x-queue': name, 'x-reason': reason } = message.properties.headers ?? {};
      const queue = (Object.keys(QUEUES) as QueueName[]).find((each) => QUEUES[each].name === name);
      if (!queue) throw new Error(`parked from an unknown queue ${name}`);
      taken.push({ queue, body: message.content, reason });
    }
    return taken;
  };
}

async function expectUnavailable(act: () => Promise<void>, withinMs: number): Promise<void> {
  const began = performance.now();
  const failure = await act().catch((error) => error);
  expect(failure).toBeInstanceOf(TransientError);
  expect(failure).toMatchObject({ code: 'broker_unavailable' });
  expect(performance.now() - began).toBeLessThan(withinMs + 500);
}
