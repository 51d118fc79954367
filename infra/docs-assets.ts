import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A static file that the pages of the API's documentation load. */
export interface DocsAsset {
  /** In the site bucket; the public path is the same. */
  key: string;
  /** Module specifier of the file in an installed package, or of one of ours. */
  source: string;
  contentType: string;
  cacheControl: string;
}

/** Their addresses stay when a package is updated, so caches keep them for an hour and then ask. */
export const DOCS_CACHE_CONTROL = 'public, max-age=3600, stale-while-revalidate=86400';

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

/** Swagger UI and ReDoc, served by us rather than by somebody's CDN; the licences their scripts refer to come along. */
export const DOCS_ASSETS: readonly DocsAsset[] = [
  asset('swagger-ui-dist/swagger-ui.css', STYLE),
  asset('swagger-ui-dist/swagger-ui-bundle.js', SCRIPT),
  asset('swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt', TEXT),
  asset('swagger-ui-dist/favicon-32x32.png', 'image/png'),
  asset('redoc/bundles/redoc.standalone.js', SCRIPT),
  asset('redoc/bundles/redoc.standalone.js.LICENSE.txt', TEXT),
  // Of everything else that the page is made of.
  asset('../THIRD_PARTY_NOTICES.md', TEXT),
];

function asset(source: string, contentType: string): DocsAsset {
  const file = source.slice(source.lastIndexOf('/') + 1);
  return { key: `docs/assets/${file}`, source, contentType, cacheControl: DOCS_CACHE_CONTROL };
}

/** Where a `source` lies. */
export function assetPath(source: string): string {
  return createRequire(import.meta.url).resolve(source);
}

/** Puts them all into one folder, by the names they have in the bucket, and answers the folder. */
export async function gatherDocsAssets(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const { key, source } of DOCS_ASSETS) {
    await copyFile(assetPath(source), join(folder, key.slice(key.lastIndexOf('/') + 1)));
  }
  return folder;
}
