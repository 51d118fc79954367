import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { base, chooseFiles, clientOf, copies, example, issuer, launch, signInAs, visit } from './browser.ts';

/* One browser, several people, one after the other. */

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const rows = (page: Page) => page.locator('.upload');
const noted = (page: Page): Promise<string[]> =>
  page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('reelight.upload')));

/** Somebody chooses a video and asks for an upload, of which nothing is answered. */
async function waiting(name: string): Promise<{ context: BrowserContext; page: Page }> {
  const { context, page } = await visit(browser, { clientId: name });
  await context.route(/\/upload$/, () => {});
  await chooseFiles(page, example);
  await rows(page).waitFor();
  await expect.poll(() => copies(page)).toBe(1);
  return { context, page };
}

/** Another tab, and the issuer knows nobody any more. */
async function next(context: BrowserContext, name: string): Promise<Page> {
  await context.clearCookies();
  const page = await context.newPage();
  await page.goto(base);
  await signInAs(page, name);
  return page;
}

it.runIf(issuer)('leaves nothing of the uploads of who signs out', async () => {
  const [ana, ben] = [`ana-${crypto.randomUUID()}`, `ben-${crypto.randomUUID()}`];
  const { context, page } = await waiting(ana);
  await page.getByRole('button', { name: 'Sign out' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('One video is still on the way.').waitFor();
  await dialog.getByRole('button', { name: 'Stay' }).click();
  expect(await rows(page).count()).toBe(1);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Name').waitFor();
  await page.goto(`${base}/healthz`);
  expect([await noted(page), await copies(page)]).toEqual([[], 0]);
  const his = await next(context, ben);
  await his.getByRole('heading', { name: 'Your videos, in a better light' }).waitFor();
  expect(await rows(his).count()).toBe(0);
  await context.close();
});

it.runIf(issuer)('gives back to the server what was begun when somebody signs out', async () => {
  const name = `ana-${crypto.randomUUID()}`;
  const { context, page } = await visit(browser, { clientId: name });
  const storage = (url: URL) => url.searchParams.has('X-Amz-Signature');
  await context.route(storage, () => {});
  await chooseFiles(page, example);
  const client = await clientOf(name);
  await expect.poll(async () => (await client.list({ everyClient: true })).videos.length).toBe(1);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Name').waitFor();
  expect((await client.list({ everyClient: true })).videos).toEqual([]);
  await context.close();
});

it.runIf(issuer)('neither shows nor sends what somebody else left behind by closing the page', async () => {
  const [ana, ben] = [`ana-${crypto.randomUUID()}`, `ben-${crypto.randomUUID()}`];
  const { context, page } = await waiting(ana);
  await page.close({ runBeforeUnload: false });
  const his = await next(context, ben);
  await his.getByRole('heading', { name: 'Your videos, in a better light' }).waitFor();
  expect(await rows(his).count()).toBe(0);
  await his.close();
  const hers = await next(context, ana);
  await rows(hers).waitFor();
  await context.close();
});
