import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { expect, inject } from 'vitest';
import { type Client, createClient } from '../../client/index.ts';
import { findChromium } from '../../local/setup/tools.mjs';
// What the running pipeline provides is declared there.
import type {} from '../integration/running-pipeline.ts';
import { tokenFor } from '../integration/token.ts';

export const base = inject('base');
export const issuer = inject('issuer');
const SCREENSHOTS = join(import.meta.dirname, '../../dist/screenshots');
/** Machines that test are busy. */
export const PATIENCE = 60_000;

export async function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium here: install it (apt-get install chromium) or set CHROMIUM_PATH.');
  // Chromium's own sandbox refuses to be root's.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...args, '--autoplay-policy=no-user-gesture-required'] });
}

/** A visitor of their own: with nothing of earlier ones, and under a name of their own. */
export interface Visitor {
  context: BrowserContext;
  page: Page;
  clientId: string;
  /** What the page said was wrong, on its own console. */
  complaints: string[];
}

export async function visit(
  browser: Browser,
  { clientId = `browser-${crypto.randomUUID()}`, at = '/', ...options }: Visit = {},
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript((name) => localStorage.setItem('reelight.client_id', name), clientId);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text());
  });
  await page.goto(base + at);
  // The API's documents are for everybody.
  if (issuer && /^\/(#|$)/.test(at)) await signInAs(page, clientId);
  return { context, page, clientId, complaints };
}
/** Where people sign in, each visitor is somebody of that name. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** Talks to the service as that visitor would. */
export async function clientOf(clientId: string): Promise<Client> {
  if (!issuer) return createClient({ baseUrl: base, clientId });
  return createClient({ baseUrl: base, clientId: 'web', token: await tokenFor(clientId, issuer) });
}

export type Visit = BrowserContextOptions & { clientId?: string; at?: string };

export const example = join(import.meta.dirname, '../../examples/big-buck-bunny.mp4');

/** Brings the example through the pipeline without a browser, for tests of what comes after. Answers its file_id. */
export async function enhanced(clientId: string): Promise<string> {
  const client = await clientOf(clientId);
  const bytes = new Blob([await readFile(example)]);
  const file = { name: 'bunny.mp4', size: bytes.size, type: 'video/mp4', slice: bytes.slice.bind(bytes) };
  const fileId = await client.upload(file);
  for await (const state of client.watch(fileId)) {
    const { error } = state.processes.video_enhancement;
    if (error) throw new Error(error);
  }
  return fileId;
}

/** The example with a box of nothing behind it: a video of any size that costs little to enhance. */
export async function padded(size: number): Promise<Buffer> {
  const video = await readFile(example);
  const rest = Buffer.alloc(size - video.length);
  rest.writeUInt32BE(rest.length, 0);
  rest.write('free', 4);
  return Buffer.concat([video, rest]);
}

export const chooseFiles = (page: Page, files: Parameters<Page['setInputFiles']>[1]): Promise<void> =>
  page.locator('.drop input[type=file]').setInputFiles(files);

/** How many files the browser has copies of. */
export const copies = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('reelight', 1);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const counting = opening.result.transaction('files').objectStore('files').count();
          counting.onsuccess = () => resolve(counting.result);
        };
      }),
  );

/** Kept as artefacts, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
}

/** The colour of a point of what is shown, by its place from the left and from the top, as shares of the whole. */
export async function colourAt(element: Locator, points: readonly (readonly [number, number])[]): Promise<string[]> {
  const picture = `data:image/png;base64,${(await element.screenshot({ animations: 'disabled' })).toString('base64')}`;
  return element.page().evaluate(
    async ([source, places]) => {
      const image = Object.assign(new Image(), { src: source });
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      const context = canvas.getContext('2d');
      context?.drawImage(image, 0, 0);
      return places.map(([x, y]) =>
        String(context?.getImageData(Math.floor(x * image.width), Math.floor(y * image.height), 1, 1).data),
      );
    },
    [picture, points] as const,
  );
}

const { resolve } = createRequire(import.meta.url);
const axe = await readFile(resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Whatever axe has against the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async (tags) => {
    const run = Reflect.get(globalThis, 'axe').run as (
      root: unknown,
      options: object,
    ) => Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[] }>;
    const { violations } = await run(Reflect.get(globalThis, 'document'), { runOnly: { type: 'tag', values: tags } });
    return violations.map(({ id, nodes }) => ({ id, at: nodes.map((node) => [node.target, node.failureSummary]) }));
  }, RULES);
  expect(violations).toEqual([]);
}
