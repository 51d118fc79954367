import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { LocalError } from '../local/errors.ts';
import { reachServer, serverFrom } from './reach-server.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function reach(port: number, patienceMs = 100, server = serverFrom({}, { PORT: String(port) })) {
  const start = vi.fn(async () => ({ base: 'started', started: true, stop: async () => {} }));
  const notes: string[] = [];
  const reached = reachServer({
    ...server,
    start,
    note: (line) => notes.push(line),
    signal: new AbortController().signal,
    patienceMs,
  });
  return { reached, start, notes };
}

const health = (status: string, dependencies: Record<string, string>) =>
  JSON.stringify({ status, version: '1', dependencies });

test('a Reelight that runs is used and left running', async () => {
  const port = await listen((_, response) => response.end(health('ok', {})));
  const { reached, start } = reach(port);
  const { base, stop } = await reached;
  expect(base).toBe(`http://localhost:${port}`);
  await stop();
  expect(start).not.toHaveBeenCalled();
});

test('where nobody listens one is started', async () => {
  const port = await listen(() => {});
  const [server] = servers.splice(0);
  await new Promise((resolve) => server?.close(resolve));
  const { reached, start, notes } = reach(port);
  expect((await reached).base).toBe('started');
  expect(start).toHaveBeenCalledOnce();
  expect(notes).toEqual(['Reelight does not run yet: starting it.']);
});

test('one that another command is starting is waited for and used', async () => {
  const port = await listen(() => {});
  const [server] = servers.splice(0);
  await new Promise((resolve) => server?.close(resolve));
  const { reached, start } = reach(port, 10_000);
  start.mockRejectedValueOnce(new LocalError('already_running', 'Reelight runs already.'));
  await vi.waitFor(() => expect(start).toHaveBeenCalledOnce(), { timeout: 10_000 });
  const begun = createServer((_, response) => response.end(health('ok', {})));
  servers.push(begun);
  await new Promise<void>((resolve) => begun.listen(port, '127.0.0.1', resolve));
  expect((await reached).base).toBe(`http://localhost:${port}`);
  expect(start).toHaveBeenCalledOnce();
});

test('a home that is in use with another port is said so in the end', async () => {
  const port = await listen(() => {});
  const [server] = servers.splice(0);
  await new Promise((resolve) => server?.close(resolve));
  const { reached, start } = reach(port, 0);
  start.mockRejectedValue(new LocalError('already_running', 'Reelight runs already.'));
  await expect(reached).rejects.toMatchObject({ code: 'already_running' });
});

test.each([
  ['a page', (_, response) => response.end('<h1>It works!</h1>')],
  ['other JSON', (_, response) => response.end('{"status":"ok"}')],
  ['something that is not HTTP', (request) => request.socket.end('SSH-2.0-OpenSSH\r\n')],
] satisfies [string, RequestListener][])('a stranger that answers with %s is not used', async (_, answer) => {
  const { reached, start } = reach(await listen(answer));
  await expect(reached).rejects.toMatchObject({ code: 'port_in_use' });
  expect(start).not.toHaveBeenCalled();
});

test('one that is starting is waited for', async () => {
  const answers = [
    [502, 'starting'],
    [503, health('degraded', { broker: 'down', store: 'up' })],
    [200, health('ok', {})],
  ] as const;
  let asked = 0;
  const port = await listen((_, response) => {
    const [status, body] = answers[Math.min(asked++, 2)] ?? [500, ''];
    response.writeHead(status).end(body);
  });
  const { reached, notes } = reach(port, 10_000);
  expect((await reached).base).toBe(`http://localhost:${port}`);
  expect(notes).toHaveLength(1);
});

test('one that stays unwell is not waited for for ever, and the line says what is down', async () => {
  const port = await listen((_, response) =>
    response.writeHead(503).end(health('degraded', { broker: 'down', store: 'up' })),
  );
  const { reached } = reach(port, 0);
  await expect(reached).rejects.toMatchObject({
    code: 'not_ready',
    message: expect.stringContaining('broker is down'),
  });
});

test('another one than this machine’s is named by the option, else by the environment', async () => {
  const env = { PORT: '9000', REELIGHT_URL: 'https://reelight.example/' };
  expect(serverFrom({}, { PORT: '9000', REELIGHT_URL: '' })).toEqual({ base: 'http://localhost:9000', ours: true });
  expect(serverFrom({}, env)).toEqual({ base: 'https://reelight.example', ours: false });
  expect(serverFrom({ server: 'http://10.0.0.1:80' }, env)).toEqual({ base: 'http://10.0.0.1', ours: false });
  for (const server of ['', 'reelight.example', 'ftp://reelight.example']) {
    expect(() => serverFrom({ server }, env)).toThrow(/--server .*is no address/);
  }
});

test('elsewhere nothing is started, whether nobody answers or a stranger does', async () => {
  const port = await listen((_, response) => response.end('<h1>It works!</h1>'));
  const elsewhere = serverFrom({ server: `http://localhost:${port}` }, {});
  const stranger = reach(port, 100, elsewhere);
  await expect(stranger.reached).rejects.toThrow(/not Reelight/);
  const [server] = servers.splice(0);
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  const nobody = reach(port, 100, elsewhere);
  await expect(nobody.reached).rejects.toMatchObject({ code: 'unreachable' });
  for (const { start } of [stranger, nobody]) expect(start).not.toHaveBeenCalled();
});
