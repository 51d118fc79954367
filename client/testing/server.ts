import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ApiOptions, contractApi } from './api.ts';
import { guard } from './guard.ts';
import { videoShelf } from './shelf.ts';
import { troubleList } from './troubles.ts';

export * from './troubles.ts';

/**
 * A server that answers as the contract says, over real HTTP and WebSockets, in memory. It processes nothing by itself:
 * a test says what happens to a video.
 */
/** @param options.token says which tokens are good, where people sign in */
export async function startServer(
  options: Partial<ApiOptions> & { port?: number; token?: (token: string) => boolean } = {},
) {
  const door = options.token && guard(options.token);
  const sockets = new WebSocketServer({ noServer: true });
  const shelf = videoShelf((message) => {
    for (const socket of sockets.clients) socket.send(JSON.stringify(message));
  });
  const api = contractApi(shelf, { multipartAbove: 65_536, partSize: 32_768, ...options });
  const troubles = troubleList();
  const requests: string[] = [];
  const received: string[] = [];
  const puts = { now: 0, most: 0 };
  const is = { refusing: false, mute: false, withoutSnapshot: false };

  const server = createServer(async (request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    if (request.method === 'PUT') {
      puts.most = Math.max(puts.most, ++puts.now);
      response.on('close', () => {
        puts.now -= 1;
      });
    }
    try {
      if ((await troubles.meet(line)(request, response)) === 'go on' && !door?.answers(request, response)) {
        await api(request, response);
      }
    } catch {
      // A client that went away in the middle of its request.
      response.destroy();
    }
  });
  server.on('upgrade', (request, socket, head) => {
    requests.push(`WS ${request.url}`);
    if (is.refusing || (door && !door.admits(request.url))) socket.destroy();
    else sockets.handleUpgrade(request, socket, head, (connection) => greet(connection, request.url));
  });

  function greet(connection: WebSocket, path = ''): void {
    connection.on('message', (data) => {
      received.push(String(data));
      if (!is.mute) connection.send(JSON.stringify({ type: 'pong', timestamp: new Date().toISOString() }));
    });
    const snapshot = is.withoutSnapshot ? [] : shelf.snapshot();
    const hello = { type: 'connection', status: 'connected', client_id: path.split('/').at(-1) };
    for (const message of [hello, ...snapshot]) connection.send(JSON.stringify(message));
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    ...shelf,
    port,
    base: `http://127.0.0.1:${port}`,
    /** Every request so far, as `METHOD /path`; WebSockets as `WS /path`. */
    requests,
    count: (matches: RegExp) => requests.filter((line) => matches.test(line)).length,
    trouble: troubles.add,
    /** The most PUTs that were under way at once. */
    mostPuts: () => puts.most,

    /** What clients said over WebSockets. */
    received,
    connections: () => sockets.clients.size,
    /** How WebSockets are served: turned away, left without answers to pings, left without a snapshot. */
    sockets: (change: Partial<typeof is>) => Object.assign(is, change),
    dropSockets(): void {
      for (const socket of sockets.clients) socket.terminate();
    },

    async stop(): Promise<void> {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof startServer>>;
