import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLog } from '../../core/log.ts';
import { ecsTaskProtection } from './task-protection.ts';

/* Against a stand-in for the agent's endpoint that answers as its documentation says. */

let agent: Server;
let uri: string;
let asked: { method: string | undefined; url: string | undefined; body: unknown }[];
let answer: (enabled: boolean) => { status: number; body: unknown };

beforeEach(async () => {
  asked = [];
  answer = (enabled) => ({ status: 200, body: { protection: { ProtectionEnabled: enabled, TaskArn: 'arn' } } });
  agent = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    asked.push({ method: request.method, url: request.url, body });
    const { status, body: said } = answer(body.ProtectionEnabled);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
  await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
  uri = `http://127.0.0.1:${(agent.address() as AddressInfo).port}/api/id`;
});
afterEach(() => {
  vi.useRealTimers();
  agent.closeAllConnections();
  agent.close();
});

it('protects while the work lasts, with an end in case it is forgotten', async () => {
  const result = await ecsTaskProtection(uri, silentLog).during(async () => {
    expect(asked).toEqual([
      {
        method: 'PUT',
        url: '/api/id/task-protection/v1/state',
        body: { ProtectionEnabled: true, ExpiresInMinutes: 10 },
      },
    ]);
    return 7;
  });
  expect(result).toBe(7);
  expect(asked.at(-1)?.body).toEqual({ ProtectionEnabled: false });
});

it('ends with work that fails, too', async () => {
  const work = ecsTaskProtection(uri, silentLog).during(() => Promise.reject(new Error('broken')));
  await expect(work).rejects.toThrow('broken');
  expect(asked.at(-1)?.body).toEqual({ ProtectionEnabled: false });
});

it('is renewed before it ends', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await ecsTaskProtection(uri, silentLog).during(async () => {
    vi.advanceTimersByTime(9 * 60_000);
    await vi.waitFor(() => expect(asked).toHaveLength(3), { timeout: 10_000 });
  });
});

it.each([
  ['refuses', { failure: { Reason: 'DEPLOYMENT_BLOCKED' } }, 200],
  ['fails', { error: { Code: 'ServerException' } }, 500],
  ['talks nonsense', 'what?', 200],
])('lets the work go on where the agent %s', async (_, body, status) => {
  answer = () => ({ status, body });
  expect(await ecsTaskProtection(uri, silentLog).during(async () => 'done')).toBe('done');
});

it('lets the work go on where nobody answers, or there is no agent', async () => {
  agent.closeAllConnections();
  agent.close();
  expect(await ecsTaskProtection(uri, silentLog).during(async () => 'done')).toBe('done');
  expect(await ecsTaskProtection(undefined, silentLog).during(async () => 'done')).toBe('done');
});
