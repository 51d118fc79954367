import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rabbitManagement } from './management.ts';

/** The management API's answers about one user, as RabbitMQ gives them; test/integration asks the real one. */
const users = new Map<string, { password: string; tags: string[] | string }>();
let server: Server;
let url: string;

beforeEach(async () => {
  users.clear();
  users.set('reelight', { password: 'old:pass', tags: ['administrator', 'monitoring'] });
  server = createServer(async (request, response) => {
    const [name = '', ...rest] = Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64')
      .toString()
      .split(':');
    const user = users.get(name);
    const answer = (status: number, body: unknown = '') =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (user?.password !== rest.join(':')) return answer(401, { error: 'not_authorized' });
    if (request.url === '/api/whoami') return answer(200, { name, tags: user.tags });
    if (request.method === 'GET') return answer(200, { name, tags: user.tags });
    const { password, tags } = JSON.parse((await request.toArray()).join(''));
    users.set(name, { password, tags });
    return answer(204);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((closed) => server.close(closed)));

describe('the management API', () => {
  const login = { username: 'reelight', password: 'old:pass' };

  it('says whether the broker takes a login', async () => {
    expect(await rabbitManagement(url).accepts(login)).toBe(true);
    expect(await rabbitManagement(url).accepts({ ...login, password: 'new' })).toBe(false);
  });

  it.each([[['administrator', 'monitoring']], ['administrator,monitoring']])(
    'changes the password, and leaves the tags: %j',
    async (tags) => {
      users.set('reelight', { password: login.password, tags });
      await rabbitManagement(url).changePassword(login, 'new');
      expect(users.get('reelight')).toEqual({ password: 'new', tags: 'administrator,monitoring' });
    },
  );

  it('says what failed, without what it tried', async () => {
    const refused = rabbitManagement(url).changePassword({ ...login, password: 'wrong' }, 'new');
    await expect(refused).rejects.toMatchObject({
      code: 'broker_unavailable',
      message: expect.stringContaining('401'),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('wrong') });
    expect(users.get('reelight')?.password).toBe(login.password);
  });

  it('is transient when nobody answers', async () => {
    await new Promise((closed) => server.close(closed));
    await expect(rabbitManagement(url).accepts(login)).rejects.toMatchObject({
      code: 'broker_unavailable',
      retryable: true,
    });
  });
});
