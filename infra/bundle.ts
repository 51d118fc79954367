import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { leaner } from './bundling/leaner.ts';
import { fingerprint } from './fingerprint.ts';

export const ROOT = resolve(import.meta.dirname, '..');

/** On one machine, workers declare the queues, nobody changes passwords, nothing scales, and traces stay in the logs. */
export const ONE_MACHINE_BUNDLES = ['api', 'socket', 'admit', 'dispatch', 'metadata', 'notify', 'sweep'] as const;
export const BUNDLE_NAMES = [...ONE_MACHINE_BUNDLES, 'topology', 'rotate', 'backlog', 'traces', 'signing-key'] as const;
export type BundleName = (typeof BUNDLE_NAMES)[number];

/** Bytes a bundle may have. A function's start reads and compiles all of it, so size is time to a first answer. */
export const BUDGETS: Record<BundleName, number> = {
  api: 900_000,
  socket: 600_000,
  admit: 500_000,
  dispatch: 600_000,
  metadata: 620_000,
  notify: 600_000,
  sweep: 600_000,
  topology: 600_000,
  rotate: 400_000,
  backlog: 500_000,
  traces: 400_000,
  'signing-key': 400_000,
};

/** Whatever can end up in a bundle or decides how it is made. */
const SOURCES = ['core', 'pipeline', 'adapters', 'lambdas', 'infra/bundle.ts', 'infra/bundling', 'package-lock.json'];
/** Packages that are used where they are installed and done without elsewhere. */
const OPTIONAL = ['ffmpeg-static', '@aws-sdk/signature-v4-crt', 'aws-crt'];
/**
 * amqplib is CommonJS and requires Node's own modules, which a module can only do with a `require` that it made. The
 * minifier does not know of this line, so no name here may be one that it gives.
 */
const REQUIRE =
  'import{createRequire as createRequireOfBundle}from"node:module";const require=createRequireOfBundle(import.meta.url);';
/** Bundles of older sources are kept for a while: another deployment may be reading them. */
const KEEP_MS = 24 * 60 * 60 * 1000;

/**
 * Bundles functions from `lambdas/<name>/index.ts`, each into a folder of its own with one `index.mjs`, and answers
 * these folders. Folders are named by what is in them, so unchanged sources cost a hash and no build.
 */
export async function bundle<Name extends BundleName>(
  names: readonly Name[],
  root = ROOT,
): Promise<Record<Name, string>> {
  const version = (await fingerprint(root, SOURCES, process.versions.node)).slice(0, 16);
  const cache = join(root, 'dist', 'functions');
  const folders = await Promise.all(
    names.map(async (name) => {
      const folder = join(cache, `${name}-${version}`);
      if (!existsSync(folder)) await bundleInto(folder, join(root, 'lambdas', name, 'index.ts'));
      return [name, folder] as const;
    }),
  );
  await forgetOld(cache, version);
  return Object.fromEntries(folders) as Record<Name, string>;
}

/** The folder appears when it is whole: built aside, then renamed. */
async function bundleInto(folder: string, entry: string): Promise<void> {
  const aside = `${folder}.${randomUUID()}`;
  await mkdir(aside, { recursive: true });
  try {
    await build({
      entryPoints: [entry],
      outfile: join(aside, 'index.mjs'),
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      mainFields: ['module', 'main'],
      external: OPTIONAL,
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [leaner()],
      banner: { js: REQUIRE },
    });
    await rename(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    // Somebody else made the same folder meanwhile: it is as good as ours.
    if (!existsSync(folder)) throw error;
  }
}

async function forgetOld(cache: string, version: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const folder = join(cache, name);
    const age = Date.now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (!name.includes(version) && age > KEEP_MS) await rm(folder, { recursive: true, force: true });
  }
}
