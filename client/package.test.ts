import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import reelight from '../package.json' with { type: 'json' };
import { buildPackage } from './build.ts';
import ours from './package.json' with { type: 'json' };
import { startServer } from './testing/server.ts';

/* The package as npm would publish it, in a project that knows nothing of this repository. */

const root = resolve(import.meta.dirname, '..');
const run = promisify(execFile);
let folder: string;
let project: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelight-client-'));
  project = join(folder, 'project');
  const installed = join(project, 'node_modules', ours.name);
  await buildPackage(join(folder, 'built'));
  await mkdir(installed, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--json', '--offline', join(folder, 'built')], { cwd: folder });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await run('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', installed]);
  for (const name of ['zod', '@types/node', 'undici-types']) {
    await mkdir(join(project, 'node_modules', name, '..'), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(project, 'node_modules', name));
  }
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const written = async (name: string, text: string): Promise<string> => {
  await writeFile(join(project, name), text);
  return join(project, name);
};

test('is of the version of the whole, and its types of the same zod', () => {
  expect(ours.version).toBe(reelight.version);
  expect(ours.dependencies).toEqual({ zod: reelight.dependencies.zod });
});

test.each([
  ['with a WebSocket', ''],
  ['without one, as before Node 22', 'delete globalThis.WebSocket;'],
])('uploads, watches and downloads in plain Node, %s', async (_, first) => {
  const server = await startServer();
  try {
    server.onUpload((fileId) => {
      server.change(fileId, 'video_enhancement', { status: 'processing', progress: 50 });
      setTimeout(() => server.complete(fileId, Buffer.from('better')), 500);
    });
    const source = await written('clip.mkv', 'x'.repeat(100_000));
    const script = await written(
      'uses.js',
      `import { ClientError, createClient, enhancedPath, fileAt } from '${ours.name}';
      ${first}
      const client = createClient({ baseUrl: process.argv[2], clientId: 'me', timing: { pollMs: 50 } });
      const sent = [];
      const id = await client.upload(await fileAt(process.argv[3]), { onProgress: (bytes) => sent.push(bytes) });
      const seen = [];
      for await (const { processes } of client.watch(id)) seen.push(processes.video_enhancement.status);
      const enhanced = await (await client.download(enhancedPath(id))).text();
      const { filename, content_type } = await client.get(id);
      await client.remove(id);
      const gone = await client.get(id).catch((error) => error instanceof ClientError && error.code);
      console.log(JSON.stringify({ sent, seen, enhanced, filename, content_type, gone }));`,
    );
    const { stdout } = await run(process.execPath, ['--no-experimental-strip-types', script, server.base, source]);
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({
      enhanced: 'better',
      filename: 'clip.mkv',
      content_type: 'video/x-matroska',
      gone: 'file_not_found',
    });
    expect([said.seen[0], said.seen.at(-1)]).toEqual(['processing', 'completed']);
    expect(said.sent.at(-1)).toBe(100_000);
    expect(server.count(/^WS/)).toBe(first ? 0 : 1);
  } finally {
    await server.stop();
  }
});

test('has types, which hold', async () => {
  const uses = (what: string) => `
    import { createClient, fileAt, isSettled, type VideoRecord, type VideoState } from '${ours.name}';
    const client = createClient({ baseUrl: 'http://localhost:8000', clientId: 'me' });
    const id: string = await client.upload(await fileAt('a.mp4'), { profile: 'classic', hdr: 'keep' });
    for await (const state of client.watch(id)) { const ended: boolean = isSettled(state satisfies VideoState); }
    const record: VideoRecord = await client.get(id);
    ${what}`;
  await written('right.ts', uses('const found: string | undefined = record.analysis?.findings[0]?.found;'));
  await written('wrong.ts', uses('const size: string = record.size; await client.upload("a.mp4");'));
  const compilerOptions = { strict: true, noEmit: true, module: 'nodenext', target: 'es2024', types: ['node'] };
  await written('tsconfig.json', JSON.stringify({ compilerOptions, files: ['right.ts', 'wrong.ts'] }));
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const { stdout } = await run(tsc, ['-p', '.'], { cwd: project }).catch((error: { stdout: string }) => error);
  // All of the rest is right, the package's own declarations too: nothing here is told to be lenient.
  expect([...stdout.matchAll(/^(\S+?)\(.*error (TS\d+)/gm)].map(([, file, code]) => [file, code])).toEqual([
    ['wrong.ts', 'TS2322'],
    ['wrong.ts', 'TS2345'],
  ]);
}, 60_000);

test('is small in a browser, and knows nothing of Node there', async () => {
  const entry = await written(
    'page.js',
    `import { createClient } from '${ours.name}'; globalThis.make = createClient;`,
  );
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  });
  const [script] = outputFiles;
  expect(script?.text).toContain('XMLHttpRequest');
  expect(script?.text).not.toMatch(/node:|zod/i);
  expect(gzipSync(script?.contents ?? '').length).toBeLessThan(8_000);
});

test('says in its README what it exports', async () => {
  const readme = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  const { createClient, ...rest } = await import('./node.ts');
  const client = createClient({ baseUrl: 'http://localhost', clientId: 'me' });
  const calls = Object.entries(client).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
  for (const name of [
    ...calls,
    ...Object.keys(rest).filter((name) => /Error$|Path$|^fileAt$|^isSettled$/.test(name)),
  ]) {
    expect(readme, name).toMatch(new RegExp(`\\b${name}\\b`));
  }
});
