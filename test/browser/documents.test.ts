import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { base, keepScreenshot, launch, visit } from './browser.ts';

/* The API's two documents, as people open them. */

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

it.each([
  ['/docs', 'docs'],
  ['/redoc', 'redoc'],
])('%s shows every call, and asks nobody else for anything', async (at, name) => {
  const { page, context } = await visit(browser, { at: '/healthz' });
  const errors: string[] = [];
  const elsewhere: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => {
    // Asked for by the browser itself, of the answer that was shown before.
    const icon = message.location().url === `${base}/favicon.ico`;
    if (message.type() === 'error' && !icon) errors.push(message.text());
  });
  page.on('requestfailed', (request) => elsewhere.push(request.url()));
  page.on('response', (response) => {
    if (!response.url().startsWith(base) && !/^(data|blob):/.test(response.url())) elsewhere.push(response.url());
  });
  await page.goto(base + at);
  for (const summary of ['Start an upload, or send a small file as a form', 'Work on a video once more']) {
    await page.getByText(summary).filter({ visible: true }).first().waitFor();
  }
  await keepScreenshot(page, name);
  expect(errors).toEqual([]);
  expect(elsewhere).toEqual([]);
  await context.close();
});
