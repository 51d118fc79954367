import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VideoRecord } from '../../client/index.ts';
import { chooseFiles, clientOf, example, expectAccessible, keepScreenshot, launch, padded, visit } from './browser.ts';

/* Videos on their way, whatever happens to the page and to the network. */

const MiB = 1024 * 1024;
/** Three parts, sent at once. */
const LARGE = 34 * MiB;

let browser: Browser;
let folder: string;
let large: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelight-browser-'));
  large = join(folder, 'large.mp4');
  await writeFile(large, await padded(LARGE));
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const listOf = async (clientId: string): Promise<VideoRecord[]> => {
  const { videos } = await (await clientOf(clientId)).list();
  return videos;
};
/** No processor is spent on what a test has no use for. */
const cancelAll = async (clientId: string) => {
  const client = await clientOf(clientId);
  for (const { file_id } of await listOf(clientId)) await client.remove(file_id);
};
const row = (page: Page, name: string) => page.locator('.upload', { hasText: name });

/** Watches parts go to the storage, by number, and can hold some back or turn them away. */
async function watchParts(context: BrowserContext) {
  const arrived: number[] = [];
  let decide: (part: number) => 'pass' | 'hold' | 'refuse' = () => 'pass';
  let release = () => {};
  let open = new Promise<void>((resolve) => {
    release = resolve;
  });
  await context.route(/[?&]partNumber=\d+/, async (route) => {
    const request = route.request();
    if (request.method() !== 'PUT') return route.continue();
    const part = Number(new URL(request.url()).searchParams.get('partNumber'));
    const decision = decide(part);
    if (decision === 'refuse') {
      return route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' }, body: '<Error/>' });
    }
    if (decision === 'hold') await open;
    // A page that was reloaded has no use for the answer any more.
    await route.continue().catch(() => {});
  });
  context.on('response', (response) => {
    const request = response.request();
    const part = Number(new URL(request.url()).searchParams.get('partNumber'));
    if (request.method() === 'PUT' && part && response.ok()) arrived.push(part);
  });
  return {
    arrived,
    decide: (by: typeof decide) => {
      decide = by;
    },
    release: () => {
      decide = () => 'pass';
      release();
      open = Promise.resolve();
    },
  };
}

it('brings a real video and shows it becoming better, live', async () => {
  const { page, context, clientId, complaints } = await visit(browser);
  await page.getByRole('heading', { name: 'Your videos, in a better light' }).waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'empty-desktop-light');
  await chooseFiles(page, [example, join(import.meta.dirname, '../../package.json')]);
  await page.getByText('package.json is not a video.').waitFor();
  const card = page.locator('.card', { hasText: 'big-buck-bunny.mp4' });
  await card.waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  // From here on, all that is learnt is told by the WebSocket or asked because of it.
  await card.getByRole('link', { name: 'big-buck-bunny.mp4' }).click();
  const progress = page.getByRole('progressbar', { name: 'Making it look better' });
  const seen = new Set<number>();
  while (await progress.isVisible()) {
    seen.add(Number(await progress.getAttribute('aria-valuenow', { timeout: 500 }).catch(() => '0')));
    await page.waitForTimeout(50);
  }
  expect(seen.size).toBeGreaterThan(3);
  expect([...seen]).toEqual([...seen].sort((a, b) => a - b));
  await page.locator('.player video').first().waitFor();
  await page.getByRole('region', { name: 'The original' }).waitFor();
  expect(await page.title()).toContain('big-buck-bunny.mp4');
  await page.getByRole('link', { name: 'Your videos', exact: true }).click();
  await card.getByText('Ready').waitFor();
  expect((await listOf(clientId)).map(({ status }) => status)).toEqual(['completed']);
  expect(complaints).toEqual([]);
  await context.close();
});

it.each([
  ['whose file the browser kept', true],
  ['whose file has to be chosen again', false],
])('goes on after a reload in the middle, %s, without sending again what is there', async (_, kept) => {
  const { page, context, clientId } = await visit(browser);
  const parts = await watchParts(context);
  parts.decide((part) => (part > 2 ? 'hold' : 'pass'));
  await chooseFiles(page, large);
  await expect.poll(() => [...parts.arrived].sort(), { timeout: 30_000 }).toEqual([1, 2]);
  const sent = page.getByRole('progressbar', { name: 'Upload of large.mp4' });
  await expect.poll(async () => Number(await sent.getAttribute('aria-valuenow'))).toBe(94);
  await keepScreenshot(page, 'uploading-desktop-light');
  // As with a file too large to be kept.
  if (!kept) await page.evaluate(() => void indexedDB.deleteDatabase('reelight'));
  await page.reload();
  await row(page, 'large.mp4').waitFor();
  // Shown once: as what is on its way.
  expect(await page.locator('.card').count()).toBe(0);
  if (!kept) {
    await page.getByText('Choose the same file again').waitFor();
    await expectAccessible(page);
    await keepScreenshot(page, 'interrupted-desktop-light');
    await row(page, 'large.mp4').locator('input[type=file]').setInputFiles(large);
  }
  parts.release();
  await expect.poll(async () => (await listOf(clientId))[0]?.upload.status, { timeout: 40_000 }).toBe('complete');
  expect([...parts.arrived].sort()).toEqual([1, 2, 3]);
  expect(await listOf(clientId)).toHaveLength(1);
  await page.locator('.card', { hasText: 'large.mp4' }).waitFor();
  await cancelAll(clientId);
  await context.close();
});

it('outlives the loss of the network, refused URLs and a pause', async () => {
  const { page, context, clientId } = await visit(browser);
  const parts = await watchParts(context);
  let refusals = 0;
  parts.decide((part) => (part === 1 && refusals++ === 0 ? 'refuse' : part > 2 ? 'hold' : 'pass'));
  await chooseFiles(page, large);
  await expect.poll(() => [...parts.arrived].sort(), { timeout: 30_000 }).toEqual([1, 2]);
  expect(refusals).toBeGreaterThan(1);

  await page.getByRole('button', { name: 'Pause large.mp4' }).click();
  await row(page, 'large.mp4').getByText('Paused at').waitFor();
  await page.getByRole('button', { name: 'Resume large.mp4' }).click();
  await row(page, 'large.mp4').getByText('Uploading').waitFor();

  await context.setOffline(true);
  await row(page, 'large.mp4').getByText('Waiting for the connection').waitFor();
  await expectAccessible(page);
  parts.release();
  await context.setOffline(false);
  await expect.poll(async () => (await listOf(clientId))[0]?.upload.status, { timeout: 40_000 }).toBe('complete');
  expect(new Set(parts.arrived)).toEqual(new Set([1, 2, 3]));
  await cancelAll(clientId);
  await context.close();
});

it('gives up an upload, and the server forgets it', async () => {
  const { page, context, clientId } = await visit(browser);
  const parts = await watchParts(context);
  parts.decide((part) => (part > 1 ? 'hold' : 'pass'));
  await chooseFiles(page, large);
  await expect.poll(() => parts.arrived, { timeout: 30_000 }).toEqual([1]);
  await page.getByRole('button', { name: 'Cancel the upload of large.mp4' }).click();
  await row(page, 'large.mp4').waitFor({ state: 'detached' });
  await expect
    .poll(async () => (await listOf(clientId)).filter(({ status }) => status === 'awaiting_upload'), {
      timeout: 10_000,
    })
    .toEqual([]);
  await page.reload();
  await page.getByRole('heading', { name: 'Drop videos here' }).waitFor();
  expect(await row(page, 'large.mp4').count()).toBe(0);
  await context.close();
});

it('cancels the work, tries it again, and deletes it', async () => {
  const { page, context, clientId } = await visit(browser);
  await chooseFiles(page, example);
  const card = page.locator('.card', { hasText: 'big-buck-bunny.mp4' });
  await card.getByRole('button', { name: 'Cancel big-buck-bunny.mp4' }).click();
  await card.getByText('Cancelled').waitFor();
  expect((await listOf(clientId))[0]?.status).toBe('cancelled');
  await card.getByRole('button', { name: 'Retry big-buck-bunny.mp4' }).click();
  await card.getByRole('button', { name: 'Cancel big-buck-bunny.mp4' }).waitFor();
  await card.getByRole('button', { name: 'Delete big-buck-bunny.mp4' }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await card.waitFor({ state: 'detached' });
  expect(await listOf(clientId)).toEqual([]);
  await context.close();
});
