import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClient, enhancedPath, isSettled, metadataPath } from './index.ts';
import { startServer, type TestServer } from './testing/server.ts';

/* A server where people sign in: what the client shows, and where. */

let server: TestServer;
let good = 'first';
beforeEach(async () => {
  good = 'first';
  server = await startServer({ token: (token) => token === good });
});
afterEach(() => server.stop());

const timing = { retryMs: 5, retryMaxMs: 20, pollMs: 20 };
const clientWith = (token?: string | (() => string | Promise<string>)) =>
  createClient({ baseUrl: server.base, clientId: 'tester', timing, ...(token && { token }) });
const file = { name: 'a.mp4', size: 1, type: 'video/mp4', slice: () => new Blob(['x']) };

test('the whole way, with a token for calls, none for the storage, and cookies for files', async () => {
  const client = clientWith('first');
  const fileId = await client.upload(file);
  server.complete(fileId, Buffer.from('0123456789'));
  expect(await (await client.download(enhancedPath(fileId))).text()).toBe('0123456789');
  const rest = await client.download(`${enhancedPath(fileId)}?v=1`, { headers: { range: 'bytes=7-' } });
  expect([rest.status, await rest.text()]).toEqual([206, '789']);
  expect(await (await client.download(metadataPath(fileId))).json()).toEqual({ file_id: fileId });
  // Asked for once: they are good for a while.
  expect(server.count(/playback/)).toBe(1);
  expect(await client.allowPlayback(fileId)).toBeGreaterThan(Date.now() + 60_000);
});

test('each WebSocket with a ticket of its own', async () => {
  const client = clientWith('first');
  const fileId = await client.upload(file);
  const seen: boolean[] = [];
  const watching = (async () => {
    for await (const state of client.watch(fileId)) seen.push(isSettled(state));
  })();
  await expect.poll(() => server.connections()).toBe(1);
  server.dropSockets();
  await expect.poll(() => server.count(/^WS/)).toBeGreaterThan(1);
  server.complete(fileId, Buffer.from('x'));
  await watching;
  expect(seen.at(-1)).toBe(true);
  const sockets = server.requests.filter((line) => line.startsWith('WS'));
  expect(sockets.length).toBeGreaterThan(1);
  expect(new Set(sockets).size).toBe(sockets.length);
  for (const line of sockets) expect(line).toMatch(/^WS \/ws\/tester\?ticket=t\d+$/);
});

test('a token that is asked for each time', async () => {
  const client = clientWith(async () => good);
  const fileId = await client.upload(file);
  good = 'second';
  expect((await client.get(fileId)).file_id).toBe(fileId);
});

test('without a token, or with a bad one, a refusal that says so, at once', async () => {
  for (const client of [clientWith(), clientWith('stolen')]) {
    await expect(client.list()).rejects.toMatchObject({ status: 401, code: 'refused', retryable: false });
  }
  expect(server.count(/videos/)).toBe(2);
});

test('what all clients of somebody sent, when that is asked for', async () => {
  await clientWith('first').list({ everyClient: true, limit: 5 });
  expect(server.requests.at(-1)).toBe('GET /videos?limit=5');
});
