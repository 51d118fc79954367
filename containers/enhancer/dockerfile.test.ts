import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import type { Vision } from '../../core/ports/index.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const dockerfile = readFileSync(join(import.meta.dirname, 'Dockerfile'), 'utf8');
/** What the build stage copies out of the repository. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));

it('runs the Node that everything else runs', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(dockerfile).toContain(`FROM node:${devDependencies.node}-bookworm-slim@`);
});

it('copies what exists, and sends no less to the builder', () => {
  const sent = readFileSync(join(import.meta.dirname, 'Dockerfile.dockerignore'), 'utf8').matchAll(/^!(.+)$/gm);
  expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  expect([...sent].map(([, path]) => path).sort()).toEqual(copied.toSorted());
});

it.each([
  ['containers/enhancer/main.ts', 20],
  ['adapters/opencv/vision-worker.ts', 5],
  ['lambdas/metadata/index.ts', 20],
] as const)('copies all that %s is made of', async (entry, least) => {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
  });
  const missing = Object.keys(metafile.inputs).filter(
    (input) => !copied.some((path) => input === path || input.startsWith(`${path}/`)),
  );
  expect(Object.keys(metafile.inputs).length).toBeGreaterThan(least);
  expect(missing).toEqual([]);
});

it('installs what a lockfile names, and nothing else from npm', () => {
  expect(dockerfile.match(/npm (install|i|ci|exec)\b[^\n]*/g)).toEqual([
    'npm ci --ignore-scripts',
    'npm ci --no-fund --no-audit',
  ]);
  const folder = join(import.meta.dirname, '..', 'lambda-runtime');
  const [{ dependencies }, { packages }] = ['package.json', 'package-lock.json'].map((name) =>
    JSON.parse(readFileSync(join(folder, name), 'utf8')),
  );
  expect(Object.values(dependencies)).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  expect(packages[''].dependencies).toEqual(dependencies);
  for (const [name, version] of Object.entries(dependencies)) {
    expect(packages[`node_modules/${name}`]).toMatchObject({ version, integrity: expect.stringMatching(/^sha512-/) });
  }
});

it('has the thread that looks at pictures where the enhancer seeks it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'enhancer-'));
  try {
    const [, , flags = ''] = /npx esbuild (\S+vision-worker.ts) --outfile=\S+ ([^#]*?)\n\n/s.exec(dockerfile) ?? [];
    const outfile = /--outfile=\/out\/enhancer\/(vision-worker\S+)/.exec(dockerfile)?.[1] ?? '';
    expect(flags).toContain('--format=cjs');
    const common = { absWorkingDir: ROOT, bundle: true, platform: 'node', target: 'node24' } as const;
    const thread = 'adapters/opencv/vision-worker.ts';
    await build({ ...common, entryPoints: [thread], format: 'cjs', outfile: join(folder, outfile), logLevel: 'error' });
    const outside = { entryPoints: ['adapters/opencv/vision.ts'], outfile: join(folder, 'main.mjs') };
    await build({ ...common, ...outside, format: 'esm' });
    const { openCvVision } = await import(pathToFileURL(outside.outfile).href);
    const vision: Vision = openCvVision();
    const frame = { time: 1, width: 32, height: 32, bgr: new Uint8Array(32 * 32 * 3).fill(90) };
    expect((await vision.measure(frame, new AbortController().signal)).luma.p50).toBe(90);
    await vision.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('runs as nobody in particular, on a Debian, whose util-linux holds FFmpeg to its bounds', () => {
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const final = stages.filter((stage) => /^ENTRYPOINT /m.test(stage));
  expect(final).toHaveLength(2);
  for (const stage of final) {
    const users = [...stage.matchAll(/^USER (.+)$/gm)].map(([, user]) => user);
    expect(users).toEqual(['1000:1000']);
    // No shell comes between, and nothing runs after as somebody else.
    expect(stage).toMatch(/^ENTRYPOINT \["/m);
  }
  expect(stages[0]).toMatch(/^node:[\d.]+-bookworm-slim/);
});
