import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const source = import.meta.dirname;
const root = resolve(source, '..');

/**
 * Makes the package as npm gets it: one module for Node, one for browsers and one for whatever else has `fetch`, with
 * what they share in a fourth, so that an error is of one class wherever it is caught; types; the README.
 */
export async function buildPackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const types = ['--project', source, '--outDir', join(folder, 'types')];
  await Promise.all([
    build({
      entryPoints: ['index', 'node', 'browser'].map((name) => join(source, `${name}.ts`)),
      outdir: folder,
      bundle: true,
      splitting: true,
      chunkNames: 'shared-[hash]',
      format: 'esm',
      platform: 'neutral',
      target: 'es2022',
      external: ['node:*'],
      logLevel: 'warning',
    }),
    promisify(execFile)(join(root, 'node_modules', '.bin', 'tsc'), types),
    copyFile(join(source, 'package.json'), join(folder, 'package.json')),
    copyFile(join(source, 'README.md'), join(folder, 'README.md')),
    copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE')),
  ]);
}

if (import.meta.main) {
  const folder = join(root, 'dist', 'client');
  await buildPackage(folder);
  console.log(`The package is in ${folder}: npm publish ${folder}`);
}
