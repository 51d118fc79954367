import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServer, type TestServer } from '../client/testing/server.ts';
import { enhance } from './enhance.ts';
import { workshop, world } from './testing/world.ts';
import { list } from './videos.ts';

/* Commands to a server where people sign in. */

let server: TestServer;
let shop: Awaited<ReturnType<typeof workshop>>;
beforeEach(async () => {
  server = await startServer({ token: (token) => token === 'hers' });
  shop = await workshop();
});
afterEach(async () => {
  await server.stop();
  await shop.remove();
});

async function run(command: typeof list, argv: string[], env: NodeJS.ProcessEnv = {}) {
  const here = world(shop, server.port);
  const code = await command.run(argv, { ...here, env: { ...here.env, ...env } });
  return { code, out: here.out.text(), err: here.err.text() };
}

test('say who asks, by option or environment', async () => {
  expect(await run(list, ['--token', 'hers'])).toMatchObject({ code: 0, err: '' });
  expect(await run(list, [], { REELIGHT_TOKEN: 'hers' })).toMatchObject({ code: 0, err: '' });
  expect(await run(list, ['--token', 'hers'], { REELIGHT_TOKEN: 'his' })).toMatchObject({ code: 0 });
});

test('are told how, when they do not', async () => {
  for (const env of [{}, { REELIGHT_TOKEN: '' }, { REELIGHT_TOKEN: 'his' }]) {
    expect(await run(list, [], env)).toMatchObject({ code: 1, err: expect.stringContaining('REELIGHT_TOKEN') });
  }
  expect(await run(list, ['--token', 'a b'])).toMatchObject({ code: 2, err: expect.stringContaining('--token') });
});

test('take a video all the way', async () => {
  await shop.file('clip.mp4', 1000);
  const running = run({ manual: list.manual, run: enhance }, ['clip.mp4'], { REELIGHT_TOKEN: 'hers' });
  await expect.poll(() => [...server.videos.values()].some(({ source }) => source)).toBe(true);
  const [id = ''] = server.videos.keys();
  server.complete(id, Buffer.from('enhanced'));
  expect(await running).toMatchObject({ code: 0 });
  expect(await readFile(shop.at('clip.enhanced.mp4'), 'utf8')).toBe('enhanced');
});
