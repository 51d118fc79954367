import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../core/errors.ts';
import { silentLog } from '../../core/log.ts';
import { type BrokerOptions, connectBroker } from './broker.ts';
import { BrokerMisconfigured } from './errors.ts';

const options = (changes: Partial<BrokerOptions>): BrokerOptions => ({
  url: 'amqp://127.0.0.1:1',
  credentials: { username: 'somebody', password: 'secret' },
  name: 'test',
  log: silentLog,
  ...changes,
});

describe('the broker URL', () => {
  it.each(['', 'localhost:5672', 'http://localhost', 'amqp:'])('%j is refused at once', async (url) => {
    const failure = await connectBroker(options({ url })).catch((error) => error);
    expect(failure).toBeInstanceOf(BrokerMisconfigured);
    expect(failure).toMatchObject({ code: 'broker_url_invalid', retryable: false });
  });

  it('must not hold credentials, and they are not repeated', async () => {
    const failure = await connectBroker(options({ url: 'amqp://me:hunter2@localhost' })).catch((error) => error);
    expect(failure).toMatchObject({ code: 'broker_url_invalid' });
    expect(failure.message).not.toContain('hunter2');
  });
});

describe('the first connection', () => {
  let silent: Server;
  let sockets: Socket[];
  let url: string;
  beforeEach(async () => {
    sockets = [];
    silent = createServer((socket) => sockets.push(socket.on('error', () => {}))).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    url = `amqp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    silent.close();
    await once(silent, 'close');
  });

  it('to nobody fails in time, and says why', async () => {
    const failure = await connectBroker(options({ connectWithinMs: 600 })).catch((error) => error);
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({ code: 'broker_unavailable', cause: { code: 'ECONNREFUSED' } });
  });

  it.each(['amqp', 'amqps'])('by %s to somebody who never answers fails in time, and hangs up', async (scheme) => {
    const connecting = connectBroker(options({ url: url.replace('amqp', scheme), connectWithinMs: 150 }));
    await expect(connecting).rejects.toMatchObject({ code: 'broker_unavailable' });
    const [socket] = sockets;
    if (!socket) throw new Error('nobody came');
    socket.resume();
    await once(socket, 'close');
  });

  it('waits for ever where told so, until the signal', async () => {
    const stopping = new AbortController();
    const reason = new Error('told to stop');
    const { signal } = stopping;
    const connecting = connectBroker(options({ url, connectWithinMs: Number.POSITIVE_INFINITY, signal }));
    setTimeout(() => stopping.abort(reason), 100);
    await expect(connecting).rejects.toBe(reason);
  });
});
