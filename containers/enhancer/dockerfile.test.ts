import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..', '..');
const dockerfile = readFileSync(join(import.meta.dirname, 'Dockerfile'), 'utf8');
/** What the build stage copies out of the repository. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));

it('runs the Node that everything else runs', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(dockerfile).toContain(`FROM node:${devDependencies.node}-`);
});

it('copies what exists, and sends no less to the builder', () => {
  const sent = readFileSync(join(import.meta.dirname, 'Dockerfile.dockerignore'), 'utf8').matchAll(/^!(.+)$/gm);
  expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  expect([...sent].map(([, path]) => path).sort()).toEqual(copied.toSorted());
});

it.each(['containers/enhancer/main.ts', 'lambdas/metadata/index.ts'])(
  'copies all that %s is made of',
  async (entry) => {
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
    expect(Object.keys(metafile.inputs).length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  },
);
