import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { never, startServer, type TestServer } from '../client/testing/server.ts';
import reelight from '../package.json' with { type: 'json' };
import { workshop } from './testing/world.ts';

const MAIN = new URL('main.ts', import.meta.url).pathname;
const REELIGHT = new URL('reelight.mjs', import.meta.url).pathname;

let server: TestServer;
let shop: Awaited<ReturnType<typeof workshop>>;
const children: ChildProcess[] = [];
beforeEach(async () => {
  server = await startServer();
  shop = await workshop();
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await server.stop();
  await shop.remove();
});

const command = (...argv: string[]) => run(argv);

/** @param out what its output goes to, by the number of an open file */
function run(argv: string[], out: 'pipe' | number = 'pipe') {
  const env = { ...process.env, PORT: String(server.port), REELIGHT_HOME: shop.home };
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd: shop.folder, env, stdio: ['ignore', out, 'pipe'] });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout?.on('data', (data) => {
    said.out += data;
  });
  child.stderr?.on('data', (data) => {
    said.err += data;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal, ...said }));
  return { child, ended };
}
const working = (fileId: string) => server.change(fileId, 'video_enhancement', { status: 'processing', progress: 5 });
const left = async () => (await readdir(shop.folder)).filter((name) => name !== 'home').sort();

test('the command enhances a video and ends', async () => {
  await shop.file('clip.mp4', 100_000);
  server.onUpload((fileId) => server.complete(fileId));
  const { code, out, err } = await command('enhance', 'clip.mp4').ended;
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('clip.mp4: done');
  expect(await readFile(shop.at('clip.enhanced.mp4'), 'utf8')).toBe('enhanced');
});

test('the program that npm links does the same, from any folder', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [REELIGHT, '--version'], { cwd: shop.folder });
  expect(stdout).toBe(`reelight ${reelight.version}\n`);
});

test.each([
  [['enhance'], /Name at least one video/],
  [['enhance', 'gone.mp4'], /gone.mp4: no such file/],
  [['improve'], /no command improve[\s\S]*Usage: reelight[\s\S]*enhance/],
  [[], /Usage: reelight[\s\S]*enhance/],
])('%j is wrong usage', async (argv, line) => {
  const { code, out, err } = await command(...argv).ended;
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(line);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s cancels the job on the server, once however it arrives',
  async (signal) => {
    await shop.file('clip.mp4', 10);
    server.onUpload(working);
    const { child, ended } = command('enhance', 'clip.mp4');
    await vi.waitFor(() => expect(server.connections()).toBe(1), { timeout: 10_000 });
    // A terminal and npm each deliver the same Ctrl-C.
    child.kill(signal);
    setTimeout(() => child.kill(signal), 20);
    const { code, out } = await ended;
    expect(code).toBe(130);
    expect(out).toContain('clip.mp4: cancelled');
    expect([server.count(/POST .*cancel/), server.count(/DELETE/)]).toEqual([1, 0]);
    const [video] = [...server.videos.values()];
    expect(video?.record.processes.video_enhancement.status).toBe('cancelled');
    expect(await left()).toEqual(['clip.mp4']);
  },
);

test('SIGINT while uploading gives the upload back', async () => {
  await shop.file('clip.mp4', 200_000);
  server.trouble(/PUT .*\/3\?/, 99, never);
  const { child, ended } = command('enhance', 'clip.mp4', '--json');
  await vi.waitFor(() => expect(server.count(/PUT .*\/3\?/)).toBe(1), { timeout: 10_000 });
  child.kill('SIGINT');
  const { code, out } = await ended;
  expect(code).toBe(130);
  expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({ event: 'end', cancelled: 1 });
  expect(server.videos.size).toBe(0);
});

test('SIGINT while downloading leaves no half result, and what was made can still be fetched', async () => {
  await shop.file('clip.mp4', 10);
  server.onUpload((fileId) => server.complete(fileId));
  const calm = server.trouble(/GET \/processed_videos/, 99, (_, response) => {
    response.writeHead(200, { 'content-length': 8, 'content-type': 'video/mp4' }).write('enha');
    return 'handled';
  });
  const { child, ended } = command('enhance', 'clip.mp4');
  await vi.waitFor(async () => expect((await left()).some((name) => /enhanced.*\.part$/.test(name))).toBe(true), {
    timeout: 10_000,
  });
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  expect(await left()).toEqual(['clip.metadata.json', 'clip.mp4']);
  calm();
  expect((await command('enhance', 'clip.mp4').ended).code).toBe(0);
  expect(server.videos.size).toBe(1);
});

test('a second Ctrl-C ends at once, even where the server does not answer', async () => {
  await shop.file('clip.mp4', 10);
  server.onUpload(working);
  server.trouble(/cancel/, 99, never);
  const { child, ended } = command('enhance', 'clip.mp4');
  await vi.waitFor(() => expect(server.connections()).toBe(1), { timeout: 10_000 });
  child.kill('SIGINT');
  await vi.waitFor(() => expect(server.count(/cancel/)).toBe(1), { timeout: 10_000 });
  await new Promise((resolve) => setTimeout(resolve, 600));
  const second = performance.now();
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  expect(performance.now() - second).toBeLessThan(5_000);
});

test('a command that was killed while uploading goes on where it stopped', async () => {
  const bytes = await shop.file('clip.mp4', 300_000);
  const calm = server.trouble(/PUT .*\/7\?/, 99, never);
  const { child, ended } = command('enhance', 'clip.mp4');
  await vi.waitFor(() => expect([...server.videos.values()][0]?.parts.size).toBeGreaterThan(6), { timeout: 10_000 });
  child.kill('SIGKILL');
  await ended;
  calm();
  const there = [...server.videos.values()][0]?.parts.size ?? 0;
  server.requests.length = 0;
  server.onUpload((fileId) => server.complete(fileId));
  expect((await command('enhance', 'clip.mp4').ended).code).toBe(0);
  expect(server.count(/PUT/)).toBe(10 - there);
  expect(server.videos.size).toBe(1);
  expect([...server.videos.values()][0]?.source?.equals(bytes)).toBe(true);
});

// Linux has a file that is always full.
test.skipIf(!existsSync('/dev/full'))('output that cannot be written is a failure that is told', async () => {
  await shop.file('clip.mp4', 10);
  server.onUpload(working);
  const full = await open('/dev/full', 'w');
  for (const argv of [['enhance', 'clip.mp4', '--json'], ['enhance', '--help'], ['list']]) {
    const { code, err } = await run(argv, full.fd).ended;
    expect([argv, code]).toEqual([argv, 1]);
    expect(err).toContain('the output cannot be written: the disk is full');
  }
  for (const { record } of server.videos.values()) expect(record.processes.video_enhancement.status).toBe('cancelled');
  await full.close();
});

test('a reader that goes away ends the command', async () => {
  await shop.file('clip.mp4', 10);
  server.onUpload(working);
  const { child, ended } = command('enhance', 'clip.mp4', '--json');
  await once(child.stdout ?? child, 'data');
  child.stdout?.destroy();
  expect((await ended).code).toBe(130);
  for (const { record } of server.videos.values()) expect(record.processes.video_enhancement.status).toBe('cancelled');
});
