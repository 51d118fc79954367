import { appendFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hangUp, refuse, startServer, type TestServer } from '../client/testing/server.ts';
import { LocalError } from '../local/errors.ts';
import { freePorts } from '../local/ports.ts';
import { identityOf } from '../local/setup/lock.mjs';
import { enhance } from './enhance.ts';
import { workshop, world } from './testing/world.ts';

let server: TestServer;
let shop: Awaited<ReturnType<typeof workshop>>;
beforeEach(async () => {
  server = await startServer();
  shop = await workshop();
  server.onUpload((fileId) => {
    server.change(fileId, 'video_enhancement', { status: 'processing', progress: 50 });
    server.complete(fileId, Buffer.from(`enhanced ${server.stored(fileId).record.filename}`));
  });
});
afterEach(async () => {
  await server.stop();
  await shop.remove();
});

const read = (name: string) => readFile(shop.at(name), 'utf8');
const left = async (folder = '') => (await readdir(shop.at(folder))).filter((name) => name !== 'home').sort();

test('a video becomes an enhanced video and a document, beside it', async () => {
  const bytes = await shop.file('clip.mov', 200_000);
  const here = world(shop, server.port);
  expect(await enhance(['clip.mov'], here)).toBe(0);
  const [video] = [...server.videos.values()];
  expect(video?.source?.equals(bytes)).toBe(true);
  expect(video?.record).toMatchObject({ filename: 'clip.mov', content_type: 'video/quicktime', size: 200_000 });
  expect(await read('clip.enhanced.mp4')).toBe('enhanced clip.mov');
  expect(JSON.parse(await read('clip.metadata.json'))).toEqual({ file_id: video?.record.file_id });
  expect(await left()).toEqual(['clip.enhanced.mp4', 'clip.metadata.json', 'clip.mov']);
  expect(here.err.text()).toBe('');
});

test('the server names the container: AVI where no H.264 encoder was to be had', async () => {
  await shop.file('clip.mp4', 10);
  server.onUpload((fileId) => server.complete(fileId, Buffer.from('avi'), 'video/x-msvideo'));
  expect(await enhance(['clip.mp4'], world(shop, server.port))).toBe(0);
  expect(await left()).toEqual(['clip.enhanced.avi', 'clip.metadata.json', 'clip.mp4']);
});

test('high dynamic range is kept when that is asked for', async () => {
  await shop.file('clip.mp4', 10);
  const hdr: unknown[] = [];
  server.onUpload((fileId) => {
    hdr.push(server.stored(fileId).record.hdr);
    server.complete(fileId);
  });
  expect(await enhance(['clip.mp4', '--keep-hdr'], world(shop, server.port))).toBe(0);
  expect(await enhance(['clip.mp4'], world(shop, server.port))).toBe(0);
  expect(hdr).toEqual(['keep', 'sdr']);
});

test('without a terminal a line is written for each change of state, and no more than needed', async () => {
  await shop.file('clip.mp4', 300_000);
  server.onUpload(async (fileId) => {
    for (let progress = 1; progress <= 40; progress++) {
      server.change(fileId, 'video_enhancement', { status: 'processing', progress });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    server.complete(fileId);
  });
  const here = world(shop, server.port);
  expect(await enhance(['clip.mp4'], here)).toBe(0);
  const lines = here.out.lines();
  expect(lines[0]).toBe('clip.mp4: uploading (293 KiB)');
  expect(lines).toContain('clip.mp4: enhancing');
  expect(lines).toContain('clip.mp4: metadata completed');
  expect(lines.at(-1)).toMatch(/^clip.mp4: done in [\d.]+ s: clip\.enhanced\.mp4, clip\.metadata\.json$/);
  expect(new Set(lines).size).toBe(lines.length);
  expect(lines.length).toBeLessThan(9);
  expect(here.out.text()).not.toContain('\x1b');
});

test('--json writes an object a line on stdout, and nothing else', async () => {
  await shop.file('clip.mp4', 300_000);
  await shop.file('other.mkv', 10);
  const here = world(shop, server.port);
  expect(await enhance(['clip.mp4', 'other.mkv', '--json'], here)).toBe(0);
  const events = here.out.lines().map((line) => JSON.parse(line));
  expect(events.at(-1)).toMatchObject({ event: 'end', done: 2, failed: 0, cancelled: 0 });
  const clip = events.filter(({ file }) => file === 'clip.mp4');
  expect([...new Set(clip.map(({ state }) => state))]).toEqual([
    'uploading',
    'queued',
    'enhancing',
    'downloading',
    'done',
  ]);
  expect(clip.at(-1)).toMatchObject({
    event: 'file',
    progress: 100,
    metadata: { status: 'completed' },
    error: null,
    outputs: { video: shop.at('clip.enhanced.mp4'), metadata: shop.at('clip.metadata.json') },
  });
  expect(clip.at(-1).file_id).toMatch(/^[0-9a-f-]{36}$/);
});

test('on a terminal there are bars, which are gone in the end', async () => {
  await shop.file('clip.mp4', 300_000);
  const here = world(shop, server.port);
  const screen = Object.assign(here.out, { isTTY: true, columns: 100 });
  expect(await enhance(['clip.mp4'], { ...here, out: screen })).toBe(0);
  expect(here.out.text()).toContain('✓');
  expect(here.out.text()).toContain('\x1b[?25l');
  expect(here.out.text().endsWith('\x1b[?25h')).toBe(true);
});

test.each([
  [[], { NO_COLOR: '1' }, false],
  [['--no-color'], {}, false],
  [[], {}, true],
])('colours on a terminal with %j and %j: %s', async (options, more, coloured) => {
  await shop.file('clip.mp4', 10);
  const here = world(shop, server.port);
  const screen = Object.assign(here.out, { isTTY: true });
  await enhance(['clip.mp4', ...options], { ...here, env: { ...here.env, ...more }, out: screen });
  expect(here.out.text().includes('\x1b[32m')).toBe(coloured);
});

test('several videos: results go where --out says, and names never collide', async () => {
  await mkdir(shop.at('a'));
  await mkdir(shop.at('b'));
  await shop.file('a/clip.mp4', 10);
  await shop.file('b/clip.mov', 20);
  await symlink(shop.at('a/clip.mp4'), shop.at('again.mp4'));
  const here = world(shop, server.port);
  expect(await enhance(['a/clip.mp4', 'b/clip.mov', 'again.mp4', '--out', 'new/results'], here)).toBe(0);
  expect(server.videos.size).toBe(2);
  expect(await left('new/results')).toEqual([
    'clip-2.enhanced.mp4',
    'clip-2.metadata.json',
    'clip.enhanced.mp4',
    'clip.metadata.json',
  ]);
  expect(await read('new/results/clip-2.enhanced.mp4')).toBe('enhanced clip.mov');
  expect(here.out.lines().at(-1)).toBe('2 of 2 videos enhanced');
});

test('patterns are expanded where the shell did not', async () => {
  await mkdir(shop.at('clips', 'old'), { recursive: true });
  for (const name of ['clips/b.mp4', 'clips/a.mp4', 'clips/old/c.mp4', '[x].mp4']) await shop.file(name, 10);
  await shop.file('clips/notes.txt', 10);
  const here = world(shop, server.port);
  expect(await enhance(['clips/**/*.mp4', '[x].mp4', '--out', 'out'], here)).toBe(0);
  const sent = [...server.videos.values()].map(({ record }) => record.filename);
  expect(sent.sort()).toEqual(['[x].mp4', 'a.mp4', 'b.mp4', 'c.mp4']);
  expect(here.out.lines().filter((line) => line.includes('uploading'))[0]).toMatch(/^clips\/a\.mp4: /);
});

test('several on a terminal have a bar for all of them', async () => {
  for (const name of ['a.mp4', 'b.mp4', 'c.mp4']) await shop.file(name, 10);
  const here = world(shop, server.port);
  const screen = Object.assign(here.out, { isTTY: true, columns: 100 });
  expect(await enhance(['*.mp4'], { ...here, out: screen })).toBe(0);
  expect(here.out.text()).toMatch(/all together.*\d of 3 ended/);
  expect(here.out.text()).toContain('3 of 3 videos enhanced');
});

test('another Reelight is used where one is named, and none is started', async () => {
  await shop.file('clip.mp4', 10);
  const [nobody = 0] = await freePorts(1);
  expect(await enhance(['clip.mp4', '--server', server.base], world(shop, nobody))).toBe(0);
  const env = { REELIGHT_URL: `http://localhost:${nobody}`, REELIGHT_HOME: shop.home };
  const elsewhere = world(shop, server.port, { env });
  expect(await enhance(['clip.mp4'], elsewhere)).toBe(1);
  expect(elsewhere.err.text()).toBe(`enhance: Nothing answers at http://localhost:${nobody}.\n`);
});

test('one that fails does not stop the others, and says why', async () => {
  await shop.file('bad.mp4', 10);
  await shop.file('good.mp4', 20);
  server.onUpload((fileId) => {
    if (server.stored(fileId).record.filename === 'good.mp4') return server.complete(fileId);
    const failed = { status: 'failed', error: 'The file holds no video.' } as const;
    server.change(fileId, 'metadata_extraction', failed);
    server.change(fileId, 'video_enhancement', failed);
  });
  const here = world(shop, server.port);
  expect(await enhance(['bad.mp4', 'good.mp4'], here)).toBe(1);
  expect(here.err.lines()).toEqual(['bad.mp4: failed: The file holds no video.']);
  expect(here.out.lines().at(-1)).toBe('1 of 2 videos enhanced, 1 failed');
  expect(await left()).toEqual(['bad.mp4', 'good.enhanced.mp4', 'good.metadata.json', 'good.mp4']);
});

test('a video whose metadata failed is written, and counts as failed', async () => {
  await shop.file('clip.mp4', 10);
  server.onUpload((fileId) => {
    server.complete(fileId);
    server.change(fileId, 'metadata_extraction', { status: 'failed', error: 'No frame could be read.' });
  });
  const here = world(shop, server.port);
  expect(await enhance(['clip.mp4'], here)).toBe(1);
  expect(here.err.lines()).toEqual(['clip.mp4: failed: metadata: No frame could be read.']);
  expect(await left()).toContain('clip.enhanced.mp4');
});

test('a failed job is begun anew by the next run, a completed one that was not fetched is only fetched', async () => {
  await shop.file('clip.mp4', 100_000);
  const calm = server.trouble(/GET \/processed_videos/, 99, refuse(403));
  expect(await enhance(['clip.mp4'], world(shop, server.port))).toBe(1);
  calm();
  server.requests.length = 0;
  expect(await enhance(['clip.mp4'], world(shop, server.port))).toBe(0);
  expect(server.count(/POST|PUT/)).toBe(0);
  expect(await read('clip.enhanced.mp4')).toBe('enhanced clip.mp4');
  // Done is done: a third run is new work.
  server.onUpload((fileId) => {
    server.change(fileId, 'metadata_extraction', { status: 'failed', error: 'no' });
    server.change(fileId, 'video_enhancement', { status: 'failed', error: 'no' });
  });
  expect(await enhance(['clip.mp4'], world(shop, server.port))).toBe(1);
  expect(await enhance(['clip.mp4'], world(shop, server.port))).toBe(1);
  expect(server.videos.size).toBe(3);
});

test('a download that breaks off is continued, and what is written is whole', async () => {
  await shop.file('clip.mp4', 10);
  const result = Buffer.from('0123456789'.repeat(50_000));
  server.onUpload((fileId) => server.complete(fileId, result));
  server.trouble(/GET \/processed_videos/, 1, (request, response) => {
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': result.length, etag: '"e"' });
    response.write(result.subarray(0, 123_456), () => setTimeout(() => request.socket.destroy(), 50));
    return 'handled';
  });
  let range: string | undefined;
  server.trouble(/GET \/processed_videos/, 1, (request) => {
    range = request.headers.range;
    return 'go on';
  });
  expect(await enhance(['clip.mp4'], world(shop, server.port))).toBe(0);
  expect(range).toBe('bytes=123456-');
  expect((await readFile(shop.at('clip.enhanced.mp4'))).equals(result)).toBe(true);
});

test('a result that is shorter than the record says is no result', async () => {
  await shop.file('clip.mp4', 10);
  await writeFile(shop.at('clip.enhanced.mp4'), 'from before');
  server.onUpload((fileId) => {
    server.complete(fileId);
    server.files.set(`/processed_videos/${fileId}`, { type: 'video/mp4', body: Buffer.from('enh') });
  });
  const here = world(shop, server.port);
  expect(await enhance(['clip.mp4'], here)).toBe(1);
  expect(here.err.text()).toMatch(/^clip.mp4: failed: /);
  expect(await read('clip.enhanced.mp4')).toBe('from before');
  expect((await left()).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a refusal is passed on in the words of the server', async () => {
  await shop.file('clip.mp4', 10);
  server.trouble(/POST \/upload/, 1, (_, response) => {
    const problem = { code: 'invalid_request', detail: 'size: at most 5 bytes', status: 400 };
    response.writeHead(400, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
    return 'handled';
  });
  const here = world(shop, server.port);
  expect(await enhance(['clip.mp4'], here)).toBe(1);
  expect(here.err.lines()).toEqual(['clip.mp4: failed: size: at most 5 bytes']);
});

test('a server that goes away for good is one clear line, and nothing is lost', async () => {
  const bytes = await shop.file('clip.mp4', 200_000);
  const calm = server.trouble(/PUT .*\/3\?/, 999, hangUp);
  const here = world(shop, server.port);
  expect(await enhance(['clip.mp4'], here)).toBe(1);
  expect(here.err.lines()).toHaveLength(1);
  expect(here.err.text()).toContain('The same command goes on where this one stopped.');
  calm();
  server.requests.length = 0;
  expect(await enhance(['clip.mp4'], world(shop, server.port))).toBe(0);
  expect(server.count(/PUT/)).toBeLessThan(7);
  expect(server.videos.size).toBe(1);
  expect([...server.videos.values()][0]?.source?.equals(bytes)).toBe(true);
});

test('a file that changes while it is sent is not sent on, and what was sent is given back', async () => {
  await shop.file('clip.mp4', 200_000);
  server.trouble(/PUT .*\/5\?/, 1, async (request, response) => {
    await appendFile(shop.at('clip.mp4'), 'more');
    return refuse(503)(request, response);
  });
  const here = world(shop, server.port);
  expect(await enhance(['clip.mp4'], here)).toBe(1);
  expect(here.err.text()).toContain('The file was changed or removed while it was being uploaded.');
  expect(server.videos.size).toBe(0);
  expect(await readdir(shop.at('home', 'uploads'))).toEqual([]);
});

test('a home that cannot be used is one line', async () => {
  await shop.file('clip.mp4', 10);
  await writeFile(shop.home, 'a file');
  const here = world(shop, server.port);
  expect(await enhance(['clip.mp4'], here)).toBe(1);
  expect(here.err.lines()).toHaveLength(1);
});

test('an interruption cancels what is under way on the server and leaves no half results', async () => {
  await shop.file('uploading.mp4', 200_000);
  await shop.file('enhancing.mp4', 10);
  const stop = new AbortController();
  server.trouble(/PUT .*\/2\?/, 99, () => 'handled');
  server.onUpload((fileId) => {
    server.change(fileId, 'video_enhancement', { status: 'processing', progress: 5 });
    setTimeout(() => stop.abort(), 100);
  });
  const here = world(shop, server.port, { signal: stop.signal });
  expect(await enhance(['uploading.mp4', 'enhancing.mp4'], here)).toBe(130);
  const [video, ...others] = [...server.videos.values()];
  expect(others).toEqual([]);
  expect(video?.record.filename).toBe('enhancing.mp4');
  expect(video?.record.processes.video_enhancement.status).toBe('cancelled');
  expect(await left()).toEqual(['enhancing.mp4', 'uploading.mp4']);
  expect(here.out.lines()).toContain('Cancelling … (Ctrl-C again ends at once)');
  expect(here.out.lines()).toContain('uploading.mp4: cancelled');
  expect(await readdir(shop.at('home', 'uploads'))).toEqual([]);
});

test('what the command started is stopped at the end, however that comes', async () => {
  await shop.file('clip.mp4', 10);
  const stop = vi.fn(async () => {});
  const startPipeline = vi.fn(async () => ({ base: server.base, started: true, stop }));
  const [port] = await freePorts(1);
  expect(await enhance(['clip.mp4'], world(shop, port ?? 0, { startPipeline }))).toBe(0);
  expect(stop).toHaveBeenCalledOnce();

  server.trouble(/POST \/upload/, 1, refuse(400));
  expect(await enhance(['clip.mp4'], world(shop, port ?? 0, { startPipeline }))).toBe(1);
  expect(stop).toHaveBeenCalledTimes(2);

  const late = new AbortController();
  server.onUpload(() => late.abort());
  const interrupted = world(shop, port ?? 0, { startPipeline, signal: late.signal });
  expect(await enhance(['clip.mp4'], interrupted)).toBe(130);
  expect(stop).toHaveBeenCalledTimes(3);
});

test('what cannot be started is one line', async () => {
  await shop.file('clip.mp4', 10);
  const [port] = await freePorts(1);
  const startPipeline = () => Promise.reject(new LocalError('missing_tool', 'There is no RabbitMQ: install it.'));
  const here = world(shop, port ?? 0, { startPipeline });
  expect(await enhance(['clip.mp4'], here)).toBe(1);
  expect(here.err.lines()).toEqual(['enhance: There is no RabbitMQ: install it.']);
});

test('what turns out never to work ends the command, which says why', async () => {
  await shop.file('clip.mp4', 10);
  const hopeless = new AbortController();
  server.onUpload(() => hopeless.abort(new LocalError('part_failed', 'worker-1 ends as soon as it is started.')));
  const stop = vi.fn(async () => {});
  const startPipeline = async () => ({ base: server.base, started: true, hopeless: hopeless.signal, stop });
  const [port] = await freePorts(1);
  const here = world(shop, port ?? 0, { startPipeline });
  expect(await enhance(['clip.mp4'], here)).toBe(1);
  expect(here.err.lines().at(-1)).toBe('enhance: worker-1 ends as soon as it is started.');
  expect(here.out.text()).toContain('clip.mp4: cancelled');
  expect(stop).toHaveBeenCalledOnce();
});

test('what another command uses is stopped only when that one has ended', async () => {
  await shop.file('clip.mp4', 10);
  await mkdir(shop.at('home', 'run', 'users'), { recursive: true });
  const other = shop.at('home', 'run', 'users', 'other.json');
  await writeFile(other, JSON.stringify(identityOf(process.ppid)));
  const stop = vi.fn(async () => {});
  const [port] = await freePorts(1);
  const startPipeline = async () => ({ base: server.base, started: true, stop });
  const here = world(shop, port ?? 0, { startPipeline });
  const running = enhance(['clip.mp4'], here);
  await vi.waitFor(() => expect(here.out.text()).toContain('Another command still uses this Reelight'), {
    timeout: 10_000,
  });
  expect(stop).not.toHaveBeenCalled();
  await rm(other);
  expect(await running).toBe(0);
  expect(stop).toHaveBeenCalledOnce();
});

test('the client keeps its name', async () => {
  await shop.file('clip.mp4', 10);
  await enhance(['clip.mp4'], world(shop, server.port));
  await enhance(['clip.mp4'], world(shop, server.port));
  const clients = [...server.videos.values()].map(({ record }) => record.client_id);
  expect(clients[0]).toMatch(/^cli-/);
  expect(clients[1]).toBe(clients[0]);
});

test.each([
  [[], /Name at least one video/],
  [['clip.mp4', '--turbo'], /Unknown option '--turbo'/],
  [
    ['clip.mp4', '--profile', 'shiny'],
    /--profile shiny: there is no such profile. There is: adaptive, classic, passthrough/,
  ],
  [['clip.mp4', '--profile'], /profile/],
  [['gone.mp4'], /gone.mp4: no such file/],
  [['gone*.mp4'], /gone\*\.mp4: matches no file/],
  [['clip.mp4', '--server', 'nowhere'], /--server nowhere: is no address/],
  [['.'], /\.: is a folder/],
  [['empty.mp4'], /empty.mp4: is empty/],
  [['/dev/null'], /\/dev\/null: is not a regular file/],
  [['clip.mp4', '--out', 'clip.mp4'], /--out clip.mp4: is not a folder/],
  [['clip.mp4', '--out', 'clip.mp4/in/it'], /--out clip.mp4\/in\/it: is not a folder/],
  [['clip.mp4', '--out', 'x'.repeat(300)], /--out x+: cannot be made \(the name is too long\)/],
  [[`${'long'.repeat(60)}.mp4`], /long.enhanced.mp4: is too long a name for a result/],
  [['taken.mp4'], /taken.enhanced.mp4: is a folder, where a result is to be written/],
])('wrong usage %j is one line and exit code 2', async (argv, line) => {
  for (const name of ['clip.mp4', 'taken.mp4', `${'long'.repeat(60)}.mp4`]) await shop.file(name, 10);
  await mkdir(shop.at('taken.enhanced.mp4'));
  await writeFile(shop.at('empty.mp4'), '');
  const here = world(shop, server.port);
  expect(await enhance(argv, here)).toBe(2);
  expect(here.err.lines()).toHaveLength(1);
  expect(here.err.text()).toMatch(line);
  expect(here.out.text()).toBe('');
  expect(server.requests).toEqual([]);
});

test.skipIf(process.platform !== 'linux')('where the system lets nobody write, nothing is begun', async () => {
  await shop.file('clip.mp4', 10);
  for (const out of ['/proc/x', '/proc/x/y', '/proc']) {
    const here = world(shop, server.port);
    expect(await enhance(['clip.mp4', '--out', out], here)).toBe(2);
    expect(here.err.lines()).toEqual([expect.stringMatching(/^enhance: .*\/proc.*(cannot be|not allowed)/)]);
  }
  expect(server.requests).toEqual([]);
});

test('a folder that came in the way meanwhile is one line in plain words', async () => {
  await shop.file('clip.mp4', 10);
  server.onUpload(async (fileId) => {
    await mkdir(shop.at('clip.enhanced.mp4'));
    server.complete(fileId);
  });
  const here = world(shop, server.port);
  expect(await enhance(['clip.mp4'], here)).toBe(1);
  expect(here.err.text()).toMatch(/clip\.enhanced\.mp4 cannot be written: a folder of that name is in the way\./);
  expect(await left()).toEqual(['clip.enhanced.mp4', 'clip.metadata.json', 'clip.mp4']);
});

test('each bad file has its line, and nothing is begun', async () => {
  await shop.file('clip.mp4', 10);
  const here = world(shop, server.port);
  expect(await enhance(['a.mp4', 'clip.mp4', 'b.mp4'], here)).toBe(2);
  expect(here.err.lines()).toEqual(['enhance: a.mp4: no such file', 'enhance: b.mp4: no such file']);
  expect(server.requests).toEqual([]);
});

test('a bad PORT is wrong usage', async () => {
  await shop.file('clip.mp4', 10);
  const here = world(shop, server.port, { env: { PORT: 'http', REELIGHT_HOME: shop.home } });
  expect(await enhance(['clip.mp4'], here)).toBe(2);
  expect(here.err.text()).toContain('PORT');
});

test('--help tells of the options, the results and the exit codes', async () => {
  const here = world(shop, server.port);
  expect(await enhance(['--help'], here)).toBe(0);
  for (const word of [
    '--profile',
    'classic',
    '--keep-hdr',
    '--out',
    '--json',
    '.enhanced.mp4',
    '--no-color',
    'Exit code',
    'replaced',
    'Examples:',
  ]) {
    expect(here.out.text()).toContain(word);
  }
});
