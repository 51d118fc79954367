import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './bundle.ts';
import { fingerprint } from './fingerprint.ts';
import type { SignIn } from './issuer.ts';

/** A file of the page as the site bucket serves it. */
export interface PageFile {
  /** In the site bucket; the public path is the same, but for `index.html`, which is `/`. */
  key: string;
  body: Buffer;
  contentType: string;
  cacheControl: string;
}

/** Whatever the page is made of. */
export const PAGE_SOURCES = ['web', 'client', 'core', 'package-lock.json'];
/** Bytes of script, compressed, that a first visit may cost. */
export const SCRIPT_BUDGET = 180_000;

/** Stands in `index.html` for the origin that sources are sent to, which is known when the page is deployed. */
const STORAGE = 'https://storage.invalid';
/** Likewise, for who signs people in: nobody, where they are empty. */
const ISSUER = 'https://issuer.invalid';
const CLIENT = 'client.invalid';
const AUDIENCE = 'audience.invalid';
/** Names carry a hash of what is in the file. */
export const SCRIPT_CACHE_CONTROL = 'public, max-age=31536000, immutable';
/** It names the others, so it is asked for each time: answered by its ETag, mostly. */
export const HTML_CACHE_CONTROL = 'no-cache';
const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/**
 * Makes the page with Vite and answers the folder it is in. The folder is named by what it was made of, so an unchanged
 * page costs a hash and no build.
 */
export async function buildPage(root = ROOT): Promise<string> {
  const version = (await fingerprint(root, PAGE_SOURCES)).slice(0, 16);
  const cache = join(root, 'dist', 'pages');
  const folder = join(cache, version);
  if (existsSync(folder)) return folder;
  const aside = `${folder}.${process.pid}`;
  await mkdir(cache, { recursive: true });
  const { build } = await import('vite');
  try {
    await build({
      configFile: join(root, 'web', 'vite.config.ts'),
      logLevel: 'silent',
      build: { outDir: aside, emptyOutDir: true },
    });
    await rename(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    // Somebody else made the same page meanwhile: it is as good as ours.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/**
 * The files of a page that was built, `index.html` last: whoever gets it finds everything it names.
 *
 * @param storage origins of the URLs that sources are sent to: all that the page may reach beside its own
 */
export async function pageFiles(folder: string, storage: readonly string[], signIn?: SignIn): Promise<PageFile[]> {
  const names = await readdir(join(folder, 'assets'));
  const assets = await Promise.all(
    names
      .sort()
      .map(async (name) =>
        fileOf(`assets/${name}`, await readFile(join(folder, 'assets', name)), SCRIPT_CACHE_CONTROL),
      ),
  );
  const html = Buffer.from(
    (await pageHtml(folder))(storage.map((address) => new URL(address).origin).join(' '), signIn),
  );
  return [...assets, fileOf('index.html', html, HTML_CACHE_CONTROL)];
}

/**
 * `index.html` for the origins that sources are sent to, separated by spaces, and for who signs people in. These are
 * addresses and names, or stand for some that are known when it is deployed: none needs to be escaped.
 */
export async function pageHtml(folder: string): Promise<(storage: string, signIn?: SignIn) => string> {
  const index = await readFile(join(folder, 'index.html'), 'utf8');
  return (storage, signIn) =>
    Object.entries({
      [STORAGE]: [storage, ...(signIn?.origins ?? [])].join(' '),
      [ISSUER]: signIn?.issuer ?? '',
      [CLIENT]: signIn?.clientId ?? '',
      [AUDIENCE]: signIn?.audience ?? '',
    }).reduce((html, [placeholder, value]) => html.replaceAll(placeholder, () => value), index);
}

function fileOf(key: string, body: Buffer, cacheControl: string): PageFile {
  const contentType = TYPES[key.slice(key.lastIndexOf('.') + 1)];
  if (!contentType) throw new Error(`What type has ${key}?`);
  return { key, body, contentType, cacheControl };
}
