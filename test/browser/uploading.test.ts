import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VideoRecord } from '../../client/index.ts';
import {
  base,
  chooseFiles,
  clientOf,
  colourAt,
  copies,
  example,
  expectAccessible,
  keepScreenshot,
  launch,
  padded,
  visit,
} from './browser.ts';

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
const rows = (page: Page): Promise<string[]> => page.locator('.upload strong').allInnerTexts();
const ASKING = /\/upload$/;

/** The example under several names: one more than are sent at once, and one more. */
async function several(): Promise<string[]> {
  const names = ['one.mp4', 'two.mp4', 'three.mp4', 'four.mp4', 'five.mp4'].map((name) => join(folder, name));
  for (const name of names) await copyFile(example, name);
  return names;
}

/** A video whose file never comes. */
async function beginOnly(clientId: string, name: string, size: number): Promise<void> {
  const cutOff = new Error('cut off');
  const onStart = () => {
    throw cutOff;
  };
  const file = { name, size, type: 'video/mp4', slice: () => new Blob() };
  await expect((await clientOf(clientId)).upload(file, { onStart })).rejects.toBe(cutOff);
}

/** What is asked for is not answered. */
async function withoutAnswers(context: BrowserContext): Promise<() => Promise<void>> {
  await context.route(ASKING, () => {});
  return () => context.unroute(ASKING);
}

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
  await progress.waitFor();
  const seen = new Set<number>();
  while (await progress.isVisible()) {
    // It goes when the work is done, maybe just now.
    const value = await progress.getAttribute('aria-valuenow', { timeout: 500 }).catch(() => null);
    if (value !== null) seen.add(Number(value));
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

it('says what is taken, and refuses what is too large before it asks for anything', async () => {
  const { page, context } = await visit(browser);
  await page.getByText('each up to 21.5 GB and 12 hours.').waitFor();
  await context.route(/\/limits$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), upload_bytes: 1_000_000 } });
  });
  await page.reload();
  await page.getByText('each up to 1.0 MB and 12 hours.').waitFor();
  let asked = 0;
  page.on('request', (request) => {
    if (ASKING.test(request.url())) asked += 1;
  });
  await chooseFiles(page, example);
  await page.getByText('big-buck-bunny.mp4 is too large: it has 1.1 MB, and up to 1.0 MB are taken here.').waitFor();
  expect(await page.locator('.upload').count()).toBe(0);
  expect(asked).toBe(0);
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

it('goes on after a reload with what was not begun yet, in its order', async () => {
  const { page, context, clientId } = await visit(browser);
  const answered = await withoutAnswers(context);
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  await chooseFiles(page, await several());
  await row(page, 'five.mp4').getByText('In line').waitFor();
  await expect.poll(() => copies(page)).toBe(5);
  await page.reload();
  await expect.poll(() => rows(page)).toEqual(['one.mp4', 'two.mp4', 'three.mp4', 'four.mp4', 'five.mp4']);
  await answered();
  await page.reload();
  await expect
    .poll(async () => (await listOf(clientId)).map(({ upload }) => upload.status), { timeout: 40_000 })
    .toEqual(Array(5).fill('complete'));
  expect(asked).toEqual([]);
  await cancelAll(clientId);
  await context.close();
});

it('asks before it loses files, and then asks for them', async () => {
  const { page, context, clientId } = await visit(browser);
  // A browser that copies nothing.
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'indexedDB'));
  await page.reload();
  const answered = await withoutAnswers(context);
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  const names = (await several()).slice(0, 4);
  await chooseFiles(page, names);
  await row(page, 'four.mp4').getByText('In line').waitFor();
  // Pages that nobody touched may not ask.
  await page.getByRole('heading', { name: 'On their way' }).click();
  await page.reload();
  expect(asked).toEqual(['beforeunload']);
  await expect.poll(() => rows(page)).toEqual(['one.mp4', 'two.mp4', 'three.mp4', 'four.mp4']);
  await row(page, 'one.mp4').getByText('Interrupted').waitFor();
  await row(page, 'four.mp4').getByText('Not begun').waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'not-begun-desktop-light');
  await answered();
  await row(page, 'four.mp4')
    .locator('input[type=file]')
    .setInputFiles(names[3] ?? '');
  await page.locator('.card', { hasText: 'four.mp4' }).waitFor();
  await cancelAll(clientId);
  await context.close();
});

it('begins no second upload when the first answer was lost and the page reloaded', async () => {
  const { page, context, clientId } = await visit(browser);
  await context.route(ASKING, async (route) => {
    await route.fetch();
    await route.abort('connectionreset').catch(() => {});
  });
  await chooseFiles(page, example);
  await row(page, 'big-buck-bunny.mp4').getByText('Waiting for the connection').waitFor();
  await context.unrouteAll({ behavior: 'ignoreErrors' });
  await page.reload();
  await expect
    .poll(async () => (await listOf(clientId)).map(({ upload }) => upload.status), { timeout: 40_000 })
    .toEqual(['complete']);
  await cancelAll(clientId);
  await context.close();
});

it('has a way on for a video whose file never came', async () => {
  const clientId = `browser-${crypto.randomUUID()}`;
  const { length } = await readFile(example);
  await beginOnly(clientId, 'big-buck-bunny.mp4', length);
  const [{ file_id } = { file_id: '' }] = await listOf(clientId);
  const { page, context } = await visit(browser, { clientId, at: `/#/videos/${file_id}` });
  await page.getByText('Nothing is being sent from here').waitFor();
  await page.goto(`${base}/#/`);
  const card = page.locator('.card', { hasText: 'big-buck-bunny.mp4' });
  await card.getByText('Waiting for the file').waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'file-never-came-desktop-light');
  const choose = card.locator('input[type=file]');
  await choose.setInputFiles(large);
  await page.getByText('is not the file that big-buck-bunny.mp4 was begun with').waitFor();
  await choose.setInputFiles(example);
  await expect
    .poll(async () => (await listOf(clientId)).map(({ upload }) => upload.status), { timeout: 40_000 })
    .toEqual(['complete']);
  expect((await listOf(clientId))[0]?.file_id).not.toBe(file_id);
  await cancelAll(clientId);
  await context.close();
});

it('shows names whole to who points at them, each in the direction of its script', async () => {
  const clientId = `browser-${crypto.randomUUID()}`;
  const names = [`${'long-'.repeat(40)}.mp4`, 'סרטון של חופשה.mp4'];
  for (const name of names) await beginOnly(clientId, name, 1);
  const { page, context } = await visit(browser, { clientId });
  const shown = names.map((name) => page.locator('.card').getByTitle(name));
  for (const name of shown) await name.waitFor();
  const directions = await Promise.all(shown.map((name) => name.evaluate((at) => getComputedStyle(at).direction)));
  expect(directions).toEqual(['ltr', 'rtl']);
  await cancelAll(clientId);
  await context.close();
});

it('does not wait for a file that it has sent, however late the record says so', async () => {
  const { page, context, clientId } = await visit(browser);
  await context.route(/\/videos\/[0-9a-f-]{36}$/, async (route) => {
    const record = (await (await route.fetch()).json()) as VideoRecord;
    const { upload, processes } = record;
    for (const process of Object.values(processes)) Object.assign(process, { status: 'pending', progress: 0 });
    await route.fulfill({ json: { ...record, status: 'awaiting_upload', upload: { ...upload, status: 'awaiting' } } });
  });
  await chooseFiles(page, example);
  const card = page.locator('.card', { hasText: 'big-buck-bunny.mp4' });
  await card.waitFor();
  expect(await card.getByText('Waiting for the file').count()).toBe(0);
  await context.unrouteAll({ behavior: 'ignoreErrors' });
  await cancelAll(clientId);
  await context.close();
});

it('shows how far it is where the system chooses the colours', async () => {
  const { page, context } = await visit(browser, { forcedColors: 'active', reducedMotion: 'reduce' });
  const parts = await watchParts(context);
  parts.decide((part) => (part > 1 ? 'hold' : 'pass'));
  await chooseFiles(page, large);
  const sent = page.getByRole('progressbar', { name: 'Upload of large.mp4' });
  await expect.poll(async () => Number(await sent.getAttribute('aria-valuenow')), { timeout: 30_000 }).toBe(47);
  const [done, left] = await colourAt(sent, [
    [0.25, 0.5],
    [0.75, 0.5],
  ]);
  expect(done).not.toBe(left);
  await page.getByRole('button', { name: 'Cancel the upload of large.mp4' }).click();
  await row(page, 'large.mp4').waitFor({ state: 'detached' });
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
