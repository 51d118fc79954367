import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback that fails as networks do. What it does to connections does not touch later ones. */
export interface FlakyProxy {
  port: number;
  /** How many connections were accepted so far. */
  accepted(): number;
  /** Drops what the server answers from now on. */
  muteServer(): void;
  /** Passes nothing on any more, in silence: what a frozen process finds when it thaws. */
  freeze(): void;
  /** Resets every connection. */
  cut(): void;
  close(): Promise<void>;
}

export async function startFlakyProxy(targetPort: number): Promise<FlakyProxy> {
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let accepted = 0;
  const listener = createServer((client) => {
    accepted += 1;
    const server = connect(targetPort, '127.0.0.1');
    const pair = { client, server };
    pairs.add(pair);
    client.pipe(server);
    server.pipe(client);
    const end = () => {
      client.destroy();
      server.destroy();
      pairs.delete(pair);
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  const cut = () => {
    for (const { client } of pairs) client.resetAndDestroy();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    accepted: () => accepted,
    muteServer() {
      for (const { client, server } of pairs) server.unpipe(client).resume();
    },
    freeze() {
      for (const { client, server } of pairs) {
        client.unpipe(server).resume();
        server.unpipe(client).resume();
      }
    },
    cut,
    async close() {
      listener.close();
      cut();
      await once(listener, 'close');
    },
  };
}
