import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './bundle.ts';
import { redocScript } from './bundling/redoc.ts';
import { fingerprint } from './fingerprint.ts';

/** A static file that the pages of the API's documentation load. */
export interface DocsAsset {
  /** In the site bucket; the public path is the same. */
  key: string;
  /** Where it lies. */
  path: string;
  contentType: string;
  cacheControl: string;
}

/** Their addresses stay when a package is updated, so caches keep them for an hour and then ask. */
export const DOCS_CACHE_CONTROL = 'public, max-age=3600, stale-while-revalidate=86400';

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

/** What is served as its makers publish it: module specifiers of files in installed packages, or of ours. */
export const DOCS_SOURCES: Readonly<Record<string, string>> = {
  'swagger-ui-dist/swagger-ui.css': STYLE,
  'swagger-ui-dist/swagger-ui-bundle.js': SCRIPT,
  'swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt': TEXT,
  'swagger-ui-dist/favicon-32x32.png': 'image/png',
  // Of everything else that the pages are made of.
  '../THIRD_PARTY_NOTICES.md': TEXT,
};

/** Swagger UI and ReDoc, served by us rather than by somebody's CDN; the licences come along. */
export async function docsAssets(): Promise<DocsAsset[]> {
  const { resolve } = createRequire(import.meta.url);
  return [
    ...Object.entries(DOCS_SOURCES).map(([source, contentType]) => asset(nameOf(source), resolve(source), contentType)),
    asset('redoc.js', await bundledRedoc(), SCRIPT),
  ];
}

function asset(name: string, path: string, contentType: string): DocsAsset {
  return { key: `docs/assets/${name}`, path, contentType, cacheControl: DOCS_CACHE_CONTROL };
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** Where ReDoc's script lies, made once for each state of what it is made of. */
export async function bundledRedoc(): Promise<string> {
  const version = await fingerprint(ROOT, ['infra/bundling/redoc.ts', 'package-lock.json']);
  const path = join(ROOT, 'dist', 'redoc', `${version.slice(0, 16)}.js`);
  if (existsSync(path)) return path;
  const aside = `${path}.${randomUUID()}`;
  await build({ ...redocScript, outfile: aside });
  await rename(aside, path);
  return path;
}

/** Puts them all into one folder, by the names they have in the bucket, and answers the folder. */
export async function gatherDocsAssets(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const { key, path } of await docsAssets()) await copyFile(path, join(folder, nameOf(key)));
  return folder;
}
