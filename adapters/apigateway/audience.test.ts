import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { apiGatewayAudience } from './audience.ts';
import { createSocketClient } from './client.ts';

/* What API Gateway may answer, played by a server of our own. */

const PONG = { type: 'pong', timestamp: '2026-01-01T00:00:00.000Z' } as const;
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function answering(...statuses: (number | 'nothing')[]) {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const status = statuses[Math.min(asked.length, statuses.length) - 1];
    if (status !== 'nothing') response.writeHead(status ?? 500).end();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createSocketClient(`http://127.0.0.1:${port}/prod`, {
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    // Short only where it is waited for.
    requestHandler: { requestTimeout: statuses.includes('nothing') ? 200 : 10_000, throwOnRequestTimeout: true },
  });
  return { audience: apiGatewayAudience(client), asked };
}

it('posts to the connection below the stage', async () => {
  const { audience, asked } = await answering(200);
  expect(await audience.tell('L0SM9cOFvHcCIhw=', PONG)).toBe('told');
  expect(asked).toEqual(['POST /prod/@connections/L0SM9cOFvHcCIhw%3D']);
});

it('takes 410 for gone, at once', async () => {
  const { audience, asked } = await answering(410);
  expect(await audience.tell('c', PONG)).toBe('gone');
  expect(asked).toHaveLength(1);
});

it('tries again what may pass', async () => {
  const { audience, asked } = await answering(429, 500, 200);
  expect(await audience.tell('c', PONG)).toBe('told');
  expect(asked).toHaveLength(3);
});

it.each([[403], [413], [429], [500], ['nothing']] as const)('fails with `push_failed` on %s', async (status) => {
  const { audience } = await answering(status);
  await expect(audience.tell('c', PONG)).rejects.toMatchObject({ code: 'push_failed', retryable: true });
});
