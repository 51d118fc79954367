import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Client, ClientError, ConnectionError, createClient, enhancedPath, metadataPath } from './index.ts';
import { loseAnswer, never, refuse, startServer, type TestServer } from './testing/server.ts';

let server: TestServer;
let client: Client;
beforeEach(async () => {
  server = await startServer();
  client = waiting(20_000);
});

/** A client that waits so many milliseconds for an answer. */
function waiting(requestMs: number): Client {
  const timing = { retryMs: 5, retryMaxMs: 20, requestMs };
  return createClient({ baseUrl: `${server.base}/`, clientId: 'tester', timing });
}
afterEach(() => server.stop());

const uploaded = () => client.upload({ name: 'a.mp4', size: 1, type: 'video/mp4', slice: () => new Blob(['x']) });

test('a video can be got, listed, cancelled and removed', async () => {
  const fileId = await uploaded();
  expect(await client.get(fileId)).toMatchObject({ file_id: fileId, filename: 'a.mp4', client_id: 'tester' });
  expect((await client.list({ limit: 5, q: 'a b' })).videos).toHaveLength(1);
  expect(server.requests.at(-1)).toBe('GET /videos?client_id=tester&limit=5&q=a+b');
  await client.cancel(fileId);
  expect((await client.get(fileId)).processes.video_enhancement.status).toBe('cancelled');
  await expect(client.cancel(fileId)).rejects.toMatchObject({ status: 409, code: 'finished' });
  await client.remove(fileId);
  await expect(client.get(fileId)).rejects.toMatchObject({ status: 404, detail: 'File not found' });
});

test('what may be sent can be known beforehand', async () => {
  expect(await client.limits()).toMatchObject({ upload_bytes: 1024 ** 3, duration_seconds: 3_600 });
});

test('results are read as they come, and the rest of them from where it broke off', async () => {
  const fileId = await uploaded();
  server.complete(fileId, Buffer.from('0123456789'));
  const whole = await client.download(enhancedPath(fileId));
  expect(whole.headers.get('content-type')).toBe('video/mp4');
  expect(await whole.text()).toBe('0123456789');
  const rest = await client.download(enhancedPath(fileId), { headers: { range: 'bytes=7-' } });
  expect([rest.status, await rest.text()]).toEqual([206, '789']);
  expect(await (await client.download(metadataPath(fileId))).json()).toEqual({ file_id: fileId });
});

test('what may pass is tried again', async () => {
  const fileId = await uploaded();
  server.trouble(/GET/, 1, refuse(503));
  server.trouble(/GET/, 1, loseAnswer);
  server.trouble(/GET/, 1, never);
  expect((await waiting(1_000).get(fileId)).file_id).toBe(fileId);
  expect(server.count(/GET/)).toBe(4);
});

test('what does not pass is an error that says so', async () => {
  server.trouble(/GET/, 99, refuse(502));
  const refused = await client.get('x').catch((thrown: unknown) => thrown);
  expect(refused).toBeInstanceOf(ClientError);
  expect(refused).toMatchObject({ status: 502, code: 'http_502', retryable: true });
});

test('a server that never answers is a ConnectionError, in time', async () => {
  server.trouble(/GET/, 99, never);
  const error = await waiting(300)
    .get('x')
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ code: 'timeout' });
});

test('a page that is no JSON is a ClientError', async () => {
  server.trouble(/GET/, 1, (_, response) => {
    response.end('<html>Welcome to our hotel</html>');
    return 'handled';
  });
  await expect(client.get('x')).rejects.toMatchObject({ code: 'bad_answer' });
});

test('a download that has begun may take longer than an answer', async () => {
  const fileId = await uploaded();
  server.trouble(/GET/, 1, (_, response) => {
    response.writeHead(200).write('slow ');
    setTimeout(() => response.end('but whole'), 800);
    return 'handled';
  });
  expect(await (await waiting(500).download(enhancedPath(fileId))).text()).toBe('slow but whole');
});

test('a wish to be left alone is respected', async () => {
  const fileId = await uploaded();
  server.trouble(/GET/, 1, (request, response) => {
    response.setHeader('retry-after', '1');
    return refuse(429)(request, response);
  });
  const began = Date.now();
  await client.get(fileId);
  expect(Date.now() - began).toBeGreaterThanOrEqual(950);
});

test('who is asked to wait for long is told so at once', async () => {
  const fileId = await uploaded();
  server.trouble(/GET/, 1, (request, response) => {
    response.setHeader('retry-after', '1800');
    return refuse(429)(request, response);
  });
  await expect(client.get(fileId)).rejects.toMatchObject({ status: 429, retryAfterMs: 1_800_000 });
});
