import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connectionName, encode, type Frame, frames, GREETING_BYTES, isMethod, readShortText } from './amqp.ts';

/** One connection through the front. */
export interface Link {
  /** How the client calls it; empty until it has said so. */
  name: string;
  /** The consumers that there are, as far as the broker has agreed to them. */
  consumers: { channel: number; tag: string }[];
  toBroker(bytes: Buffer): void;
  toClient(bytes: Buffer): void;
  /** Resets both ends. */
  cut(): void;
}

/** Looks at a frame that passes by; `drop` keeps it from going on. */
export type Glance = (frame: Frame, from: 'client' | 'broker', link: Link) => 'drop' | undefined;

/** Stands in front of the broker, sees every frame and can hold, add and cut. On loopback. */
export interface BrokerFront {
  port: number;
  links(): Link[];
  /** @returns stops looking */
  look(glance: Glance): () => void;
  /** Lets nobody in while the broker is being put in order. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

export async function startBrokerFront(brokerPort: number): Promise<BrokerFront> {
  const links = new Map<Link, Socket>();
  const glances = new Set<Glance>();
  let isShut = false;
  const listener = createServer((client) => {
    if (isShut) return client.resetAndDestroy();
    const broker = connect(brokerPort, '127.0.0.1');
    for (const socket of [client, broker]) socket.setNoDelay(true);
    const link: Link = {
      name: '',
      consumers: [],
      toBroker: (bytes) => void broker.write(bytes),
      toClient: (bytes) => void client.write(bytes),
      cut: () => {
        client.resetAndDestroy();
        broker.resetAndDestroy();
      },
    };
    links.set(link, client);
    const end = () => {
      client.destroy();
      broker.destroy();
      links.delete(link);
    };
    for (const socket of [client, broker]) socket.on('error', end).on('close', end);

    const passes = (frame: Frame, from: 'client' | 'broker') => {
      learn(frame, from, link);
      // All of them look, whatever one of them wants.
      return [...glances].map((glance) => glance(frame, from, link)).every((wish) => wish !== 'drop');
    };
    const toBroker = (frame: Frame) => void (passes(frame, 'client') && broker.write(encode(frame)));
    const toClient = (frame: Frame) => void (passes(frame, 'broker') && client.write(encode(frame)));
    client.on(
      'data',
      frames(GREETING_BYTES, (bytes) => broker.write(bytes), toBroker),
    );
    broker.on(
      'data',
      frames(0, () => {}, toClient),
    );
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cutAll = () => {
    for (const link of links.keys()) link.cut();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    links: () => [...links.keys()],
    look(glance) {
      glances.add(glance);
      return () => void glances.delete(glance);
    },
    shut() {
      isShut = true;
      cutAll();
    },
    open() {
      isShut = false;
    },
    async close() {
      listener.close();
      cutAll();
      await once(listener, 'close');
    },
  };
}

function learn(frame: Frame, from: 'client' | 'broker', link: Link): void {
  const { channel, payload } = frame;
  if (from === 'client' && isMethod(frame, 'startOk')) link.name = connectionName(frame) ?? '';
  if (from === 'broker' && isMethod(frame, 'consumeOk')) {
    link.consumers.push({ channel, tag: readShortText(payload, 4).text });
  }
  const ends = (gone: (consumer: Link['consumers'][number]) => boolean) => {
    link.consumers = link.consumers.filter((consumer) => !gone(consumer));
  };
  if (isMethod(frame, 'cancel')) ends(({ tag }) => tag === readShortText(payload, 4).text);
  if (isMethod(frame, 'closeChannel')) ends((consumer) => consumer.channel === channel);
}
