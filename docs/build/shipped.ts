import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { BUNDLE_NAMES } from '../../infra/bundle.ts';
import { leaner } from '../../infra/bundling/leaner.ts';
import { redocScript } from '../../infra/bundling/redoc.ts';
import { DOCS_SOURCES } from '../../infra/docs-assets.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const COMMON = { absWorkingDir: ROOT, bundle: true, write: false, metafile: true, logLevel: 'silent' } as const;
const NODE = { ...COMMON, platform: 'node', format: 'esm', target: 'node24' } as const;
/** As the bundles that are deployed do without them. */
const OPTIONAL = ['ffmpeg-static', '@aws-sdk/signature-v4-crt', 'aws-crt'];

const MAIN_FIELDS = { mainFields: ['module', 'main'] };

/** Everything of ours that goes to others: functions, the worker, the page, and that of ReDoc. */
const PARTS: BuildOptions[] = [
  ...BUNDLE_NAMES.map((name) => ({
    ...{ ...NODE, ...MAIN_FIELDS, entryPoints: [`lambdas/${name}/index.ts`], external: OPTIONAL, plugins: [leaner()] },
  })),
  { ...NODE, ...MAIN_FIELDS, entryPoints: ['containers/enhancer/main.ts'], external: OPTIONAL },
  { ...NODE, entryPoints: ['adapters/opencv/vision-worker.ts'] },
  {
    ...{ ...COMMON, entryPoints: ['web/main.tsx'], platform: 'browser', format: 'esm', outdir: 'nowhere' },
    ...{ jsx: 'automatic', jsxImportSource: 'preact', loader: { '.svg': 'empty', '.css': 'empty' } },
  },
  { ...redocScript, ...COMMON },
];

/** An npm package of which something is in what we ship. */
export interface Shipped {
  name: string;
  version: string;
  /** By its SPDX name. */
  licence: string;
  author: string | undefined;
  /** Where it lies. */
  folder: string;
}

/** Found out by bundling once more: what is not in a bundle is not shipped, whatever is installed. */
export async function shippedPackages(): Promise<Shipped[]> {
  const built = await Promise.all(PARTS.map((part) => build(part)));
  const files = built.flatMap(({ metafile }) =>
    Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? path : [])),
    ),
  );
  // `(disabled):…` is nothing in place of what browsers do without.
  const sources = [...files, ...Object.keys(DOCS_SOURCES).map((source) => join('node_modules', source))];
  const folders = new Set(
    sources.flatMap((path) => /^((?!\().*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  return [...folders].map(readPackage).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Of packages whose package.json says it in no one SPDX name: what their LICENSE says, and of two the one that is taken. */
const LICENCES: Record<string, string> = {
  decko: 'MIT',
  dompurify: 'Apache-2.0',
  stickyfill: 'MIT',
  'url-template': 'BSD-3-Clause',
};

function readPackage(folder: string): Shipped {
  const said = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  const { name, version, author } = said;
  const license = LICENCES[name] ?? said.license;
  if (typeof license !== 'string') throw new Error(`${folder} does not say under which licence it is.`);
  return { name, version, licence: license, author: author?.name ?? author, folder };
}
