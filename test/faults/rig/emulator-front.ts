import { once } from 'node:events';
import http, { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, callOf } from './calls.ts';
import { textFrames } from './text-frames.ts';

/** What is done to a call: refused with an answer, delayed, or done with its answer lost on the way. */
export type Harm =
  | { kind: 'refuse'; status: number; headers: Record<string, string>; body: string }
  | { kind: 'delay'; ms: number }
  | { kind: 'lose' };

export type Rule = (call: Call) => Harm | undefined;

/** Says what becomes of a text that is on its way to a client's WebSocket. */
export type Ear = (clientId: string, text: string) => 'cut' | undefined;

/** Stands in front of the emulator: services and functions go through it. On loopback. */
export interface EmulatorFront {
  port: number;
  /** From now on calls are harmed as the rule says. @returns ends that */
  harm(rule: Rule): () => void;
  /** From now on the ear hears what WebSocket clients are told. @returns ends that */
  listen(ear: Ear): () => void;
  close(): Promise<void>;
}

export async function startEmulatorFront(emulatorPort: number): Promise<EmulatorFront> {
  const rules = new Set<Rule>();
  const ears = new Set<Ear>();
  const sockets = new Set<Socket>();
  // Half of the emulator's own patience with idle connections.
  const agent = new http.Agent({ keepAlive: true, timeout: 2_000 });
  const to = (incoming: IncomingMessage, options: http.RequestOptions) =>
    request({
      ...{ host: '127.0.0.1', port: emulatorPort, method: incoming.method, path: incoming.url },
      // As they came: the host is part of what is signed.
      headers: rawHeaders(incoming),
      ...options,
    });

  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, async (incoming, answer) => {
    const call = callOf(incoming);
    const harm = first(rules, (rule) => rule(call));
    if (harm?.kind === 'refuse') {
      incoming.resume();
      answer.writeHead(harm.status, harm.headers).end(harm.body);
      return;
    }
    if (harm?.kind === 'delay') await sleep(harm.ms);
    const outgoing = to(incoming, { agent });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    outgoing.on('response', (response) => {
      if (harm?.kind === 'lose') {
        // Done, and nobody is told.
        response.on('end', () => answer.destroy()).resume();
        return;
      }
      pass(response, answer);
    });
    incoming.on('error', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming, client: Socket, head: Buffer) => {
    const clientId = new URL(incoming.url ?? '/', 'http://localhost').searchParams.get('client_id') ?? '';
    const outgoing = to(incoming, { agent: false });
    outgoing.on('error', () => client.destroy());
    outgoing.on('response', (response) => client.end(`HTTP/1.1 ${response.statusCode} Refused\r\n\r\n`));
    outgoing.on('upgrade', (response, upstream: Socket, rest: Buffer) => {
      const lines = pairs(response.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
      client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      const end = () => {
        client.destroy();
        upstream.destroy();
      };
      for (const socket of [client, upstream]) socket.setNoDelay(true).on('error', end).on('close', end);
      const onText = (text: string) => first(ears, (ear) => ear(clientId, text)) !== 'cut';
      const hear = textFrames(onText, (bytes) => client.write(bytes), end);
      hear(rest);
      upstream.on('data', hear);
      upstream.write(head);
      client.pipe(upstream);
    });
    outgoing.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    harm: (rule) => adding(rules, rule),
    listen: (ear) => adding(ears, ear),
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await once(server, 'close');
    },
  };
}

function pass(response: IncomingMessage, answer: ServerResponse): void {
  answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
  response.on('error', () => answer.destroy()).on('aborted', () => answer.destroy());
  response.pipe(answer);
}

/** Without what would let the texts be compressed, and without waiting for leave to send: Node gave that already. */
function rawHeaders({ rawHeaders }: IncomingMessage): string[] {
  return pairs(rawHeaders)
    .filter(([name]) => !['sec-websocket-extensions', 'expect'].includes(name.toLowerCase()))
    .flat();
}

function pairs(raw: string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [raw[at * 2] ?? '', raw[at * 2 + 1] ?? '']);
}

function first<T, R>(each: Iterable<T>, ask: (one: T) => R | undefined): R | undefined {
  for (const one of each) {
    const answer = ask(one);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function adding<T>(to: Set<T>, one: T): () => void {
  to.add(one);
  return () => void to.delete(one);
}
