import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClient } from '../client/index.ts';
import { startServer, type TestServer } from '../client/testing/server.ts';
import type { Command } from './command.ts';
import { workshop, world } from './testing/world.ts';
import { cancel, list, open, remove, retry, watch } from './videos.ts';

let server: TestServer;
let shop: Awaited<ReturnType<typeof workshop>>;
beforeEach(async () => {
  server = await startServer();
  shop = await workshop();
});
afterEach(async () => {
  await server.stop();
  await shop.remove();
});

async function run(command: Command, ...argv: string[]) {
  const { out, err, ...rest } = world(shop, server.port);
  const code = await command.run(argv, { ...rest, out, err });
  return { code, out: out.lines(), err: err.lines() };
}

/** A video that the server has whole. */
async function uploaded(name = 'clip.mp4'): Promise<string> {
  const client = createClient({ baseUrl: `http://localhost:${server.port}`, clientId: 'test' });
  const file = new File([new Uint8Array(1000)], name, { type: 'video/mp4' });
  return client.upload(file);
}

test('who cannot keep who they are is told in one line', async () => {
  await shop.file('home', 1);
  const { code, out, err } = await run(list);
  expect([code, out, err.length]).toEqual([2, [], 1]);
  expect(err[0]).toContain('client-id, which says who you are, cannot be read or kept: a file is in the way');
});

test('list shows a line a video, and all of it to programs', async () => {
  expect(await run(list)).toEqual({ code: 0, out: ['No videos yet.'], err: [] });
  const id = await uploaded();
  expect((await run(list)).out).toEqual([expect.stringMatching(new RegExp(`^${id} .*1000 bytes .*clip\\.mp4$`))]);
  expect(JSON.parse((await run(list, '--json')).out[0] ?? '')).toMatchObject({ file_id: id });
  expect((await run(list, '--ids')).out).toEqual([id]);
});

test('list is in colours on a terminal, unless they are not wanted', async () => {
  server.complete(await uploaded());
  const coloured = async (env: NodeJS.ProcessEnv, ...argv: string[]) => {
    const here = world(shop, server.port);
    await list.run(argv, { ...here, env: { ...here.env, ...env }, out: Object.assign(here.out, { isTTY: true }) });
    return here.out.text().includes('\x1b[');
  };
  expect(await coloured({})).toBe(true);
  expect(await coloured({}, '--no-color')).toBe(false);
  expect(await coloured({ NO_COLOR: '1' })).toBe(false);
  expect(await coloured({ TERM: 'dumb' })).toBe(false);
});

test('what is done is told to programs too, and what could not be', async () => {
  const [id, unknown] = [await uploaded(), randomUUID()];
  const { code, out, err } = await run(remove, id, unknown, '--json');
  expect([code, err]).toEqual([1, []]);
  expect(out.map((line) => JSON.parse(line))).toEqual([
    { file_id: id, done: 'deleted' },
    { file_id: unknown, error: { code: 'file_not_found', message: expect.any(String) } },
  ]);
  expect(JSON.parse((await run(open, '--print', '--json')).out[0] ?? '')).toEqual({
    address: `http://localhost:${server.port}/`,
  });
});

test('another Reelight is asked where one is named', async () => {
  const other = await startServer();
  try {
    expect((await run(list, '--server', other.base)).out).toEqual(['No videos yet.']);
    expect(other.count(/GET \/videos/)).toBe(1);
    expect((await run(list, '--server', 'nowhere')).code).toBe(2);
  } finally {
    await other.stop();
  }
});

test('watch follows videos to their end, and fails where one of them did', async () => {
  const [good, bad] = [await uploaded(), await uploaded()];
  server.complete(good);
  const watching = run(watch, good, bad);
  server.change(bad, 'metadata_extraction', { status: 'completed', progress: 100 });
  server.change(bad, 'video_enhancement', { status: 'failed', error: 'It is no video.' });
  const { code, out } = await watching;
  expect(code).toBe(1);
  expect(out).toContain(`${good}: enhancement completed, metadata completed`);
  expect(out.at(-1)).toBe(`${bad}: enhancement failed (It is no video.), metadata completed`);
});

test('cancel, retry and delete do so, one video after the other, whatever becomes of one', async () => {
  const id = await uploaded();
  const unknown = randomUUID();
  const cancelled = await run(cancel, unknown, id);
  expect(cancelled).toMatchObject({ code: 1, out: [`${id}: cancelled`], err: [expect.stringContaining(unknown)] });
  expect((await run(cancel, id)).err).toEqual([`${id}: It is finished.`]);
  expect((await run(retry, id, '--profile', 'passthrough')).out).toEqual([`${id}: attempt 2 begins`]);
  expect((await run(remove, id)).out).toEqual([`${id}: deleted`]);
  expect((await run(remove, id)).code).toBe(1);
});

test('open says where a finished video is', async () => {
  const id = await uploaded();
  expect((await run(open, id, '--print')).err).toEqual([expect.stringContaining('not finished yet')]);
  server.complete(id);
  expect((await run(open, id, '--print')).out).toEqual([`http://localhost:${server.port}/processed_videos/${id}`]);
  expect((await run(open, '--print')).out).toEqual([`http://localhost:${server.port}/`]);
});

test.each([
  [cancel, [], /at least one video/],
  [cancel, ['clip.mp4'], /clip\.mp4: is no file_id/],
  [list, [randomUUID()], /takes no video/],
  [open, [randomUUID(), randomUUID()], /one video/],
  [retry, [randomUUID(), '--profile', 'magic'], /no such profile.*adaptive/],
  [retry, [randomUUID(), '--keep-hdr', '--to-sdr'], /only one/],
  [list, ['--what'], /--what/],
])('%o %j is wrong usage', async (command, argv, line) => {
  const { code, err } = await run(command, ...argv);
  expect(code).toBe(2);
  expect(err.join()).toMatch(line);
});

test('every command has its help, and needs no server for it', async () => {
  await server.stop();
  for (const command of [list, watch, cancel, retry, remove, open]) {
    const { code, out } = await run(command, '--help');
    expect([code, out[0]]).toEqual([0, expect.stringMatching(/^Usage: reelight /)]);
    expect(out.join('\n')).toMatch(/Options:\n[\s\S]*--help[\s\S]*Examples:\n {2}\S/);
  }
  const { code, err } = await run(list);
  expect([code, err.join()]).toEqual([1, expect.stringContaining('npm start')]);
  server = await startServer();
});
