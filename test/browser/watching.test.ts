import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import {
  base,
  clientOf,
  colourAt,
  enhanced,
  expectAccessible,
  keepScreenshot,
  launch,
  type Visitor,
  visit,
} from './browser.ts';

/* One video that is ready, and what a person does with it. */

let browser: Browser;
let fileId: string;
const clientId = `browser-${crypto.randomUUID()}`;
beforeAll(async () => {
  [browser, fileId] = await Promise.all([launch(), enhanced(clientId)]);
});
afterAll(() => browser?.close());

const opened = (options = {}): Promise<Visitor> => visit(browser, { clientId, at: `/#/videos/${fileId}`, ...options });
const AFTER = 'video:not(.before)';
const BEFORE = 'video.before';

interface Both {
  after: number;
  before: number;
  paused: boolean[];
}
const both = (page: Page): Promise<Both> =>
  page.evaluate(
    ([one, other]) => {
      const find = (selector: string) => document.querySelector<HTMLVideoElement>(selector);
      const [after, before] = [find(one), find(other)];
      if (!after || !before) throw new Error('There are no two videos.');
      return { after: after.currentTime, before: before.currentTime, paused: [after.paused, before.paused] };
    },
    [AFTER, BEFORE] as const,
  );
const ready = (page: Page) =>
  page.waitForFunction(
    ([one, other]) =>
      [one, other].every((selector) => (document.querySelector<HTMLVideoElement>(selector)?.readyState ?? 0) >= 3),
    [AFTER, BEFORE] as const,
  );

it('plays before and after in step, and stops them at the same picture', async () => {
  const { page, context, complaints } = await opened();
  await ready(page);
  await page.getByRole('button', { name: 'Play' }).click();
  const drifts: number[] = [];
  for (let look = 0; look < 15; look++) {
    await page.waitForTimeout(100);
    const { after, before } = await both(page);
    drifts.push(Math.abs(after - before));
  }
  drifts.sort((a, b) => a - b);
  expect(drifts[Math.floor(drifts.length / 2)]).toBeLessThan(0.08);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(() => both(page)).toMatchObject({ paused: [true, true] });
  await expect
    .poll(async () => {
      const { after, before } = await both(page);
      return after > 0.5 && Math.abs(after - before);
    })
    .toBeLessThan(0.02);
  expect(complaints).toEqual([]);
  await context.close();
});

it('seeks by range, both videos at once', async () => {
  const { page, context } = await opened();
  const answers: { path: string; status: number; range: string | undefined }[] = [];
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    if (/_videos\//.test(path)) {
      answers.push({ path, status: response.status(), range: response.request().headers().range });
    }
  });
  await page.reload();
  await ready(page);
  const seek = page.getByRole('slider', { name: 'Position' });
  await seek.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => Math.round((await both(page)).after)).toBe(5);
  await expect.poll(async () => Math.round((await both(page)).before)).toBe(5);
  for (const folder of ['processed_videos', 'source_videos']) {
    const asked = answers.filter(({ path }) => path === `/${folder}/${fileId}`);
    expect(asked.length).toBeGreaterThan(0);
    for (const { status, range } of asked) {
      expect(range).toMatch(/^bytes=\d+-/);
      expect(status).toBe(206);
    }
  }
  await context.close();
});

it('moves the divider by pointer and by keys', async () => {
  const { page, context } = await opened();
  await ready(page);
  const divider = page.getByRole('slider', { name: 'Before and after' });
  const clip = () => page.locator(BEFORE).evaluate((element) => (element as HTMLElement).style.clipPath);
  expect(await divider.getAttribute('aria-valuenow')).toBe('50');

  const grip = await divider.boundingBox();
  const stage = await page.locator('.stage').boundingBox();
  if (!grip || !stage) throw new Error('Nothing is to be seen.');
  await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
  await page.mouse.down();
  await page.mouse.move(stage.x + stage.width * 0.25, grip.y + grip.height / 2, { steps: 5 });
  await page.mouse.up();
  expect(await divider.getAttribute('aria-valuenow')).toBe('25');
  expect(await clip()).toMatch(/^inset\(0(px)? 75(\.\d+)?%/);
  // Dragging is not clicking on the picture, which plays it.
  expect((await both(page)).paused).toEqual([true, true]);

  await page.keyboard.press('End');
  expect(await divider.getAttribute('aria-valuenow')).toBe('100');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('ArrowLeft');
  expect(await divider.getAttribute('aria-valuenow')).toBe('88');
  expect(await divider.getAttribute('aria-valuetext')).toContain('88 %');
  await context.close();
});

it('is a plain player where the original cannot be shown', async () => {
  const { page, context } = await opened();
  await context.route('**/source_videos/**', (route) => route.fulfill({ status: 404, body: 'File not found' }));
  await page.reload();
  await page.locator(AFTER).waitFor();
  await expect.poll(() => page.locator(BEFORE).count()).toBe(0);
  await expect.poll(() => page.getByRole('slider', { name: 'Before and after' }).count()).toBe(0);
  await expect.poll(() => page.getByRole('radio', { name: 'Compare' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForFunction(
    (selector) => (document.querySelector<HTMLVideoElement>(selector)?.currentTime ?? 0) > 0.2,
    AFTER,
  );
  await context.close();
});

it('says what was found and what is known', async () => {
  const { page, context } = await opened();
  const analysis = page.getByRole('region', { name: 'What was found, what was done' });
  await analysis.waitFor();
  expect((await analysis.locator('.lead').innerText()).length).toBeGreaterThan(20);
  const metadata = page.getByRole('region', { name: 'The original' });
  await metadata.getByText('Streams', { exact: true }).waitFor();
  expect(await metadata.locator('.facts').innerText()).toMatch(/\d+ × \d+.*fps/s);
  expect(await metadata.locator('svg path.curve').count()).toBe(3);
  expect(await metadata.locator('tbody tr').count()).toBeGreaterThan(0);
  await metadata.getByText('All of it, as JSON').click();
  await expect.poll(() => metadata.locator('pre').innerText()).toContain(`"file_id": "${fileId}"`);
  await context.close();
});

it('shows what could not be read once the server is back', async () => {
  const { page, context } = await opened();
  await page.getByRole('heading', { name: 'bunny.mp4' }).waitFor();
  await context.route(/\/(videos|metadata)\b/, (route) => route.abort('connectionrefused'));
  await page.reload();
  await page.getByText('The server cannot be reached.').waitFor();
  await context.unroute(/\/(videos|metadata)\b/);
  await context.route(/\/metadata\//, (route) => route.abort('connectionrefused'));
  await page.getByRole('heading', { name: 'bunny.mp4' }).waitFor();
  const metadata = page.getByRole('region', { name: 'The original' });
  await metadata.getByText('Looking …').waitFor();
  await metadata.getByText('The server cannot be reached.').waitFor();
  await context.unroute(/\/metadata\//);
  await metadata.getByText('Streams', { exact: true }).waitFor();
  await context.close();
});

it('finds videos by name, shows their pictures, and brings the file', async () => {
  const { page, context } = await opened({ at: '/' });
  const card = page.locator('.card', { hasText: 'bunny.mp4' });
  await card.locator('img').waitFor();
  await expect
    .poll(() => card.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(100);
  const search = page.getByRole('searchbox', { name: 'Search by name' });
  await search.fill('nothing like it');
  await page.getByText('No video has “nothing like it” in its name.').waitFor();
  await search.fill('BUNNY');
  await card.waitFor();
  const coming = page.waitForEvent('download');
  await card.getByRole('link', { name: 'Download bunny.mp4' }).click();
  expect((await coming).suggestedFilename()).toBe('bunny.enhanced.mp4');
  await context.close();
});

it('works with the keyboard alone', async () => {
  const { page, context } = await opened({ at: '/' });
  // From the beginning: the browser needs a moment to hand its dialogues over.
  const choosers: boolean[] = [];
  page.on('filechooser', (chooser) => choosers.push(chooser.isMultiple()));
  await page.locator('.card').waitFor();
  const focused = () =>
    page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '',
    );
  const tabTo = async (wanted: RegExp) => {
    for (let press = 0; press < 40; press++) {
      await page.keyboard.press('Tab');
      if (wanted.test(await focused())) return;
    }
    throw new Error(`The focus does not come to ${wanted}.`);
  };

  await tabTo(/^Skip to the content/);
  await tabTo(/^Choose videos/);
  await page.keyboard.press('Enter');
  await expect.poll(() => choosers).toEqual([true]);
  await tabTo(/bunny\.mp4$/);
  await page.keyboard.press('Enter');
  await ready(page);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');

  await tabTo(/^Before and after/);
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('slider', { name: 'Before and after' }).getAttribute('aria-valuenow')).toBe('52');
  await tabTo(/^Play/);
  await page.keyboard.press('Space');
  await expect.poll(async () => (await both(page)).paused).toEqual([false, false]);
  await page.keyboard.press('k');
  await expect.poll(async () => (await both(page)).paused).toEqual([true, true]);

  // Asked before it is deleted, and Escape says no.
  await page.keyboard.press('Shift+Tab');
  for (let press = 0; press < 10 && !/^Delete/.test(await focused()); press++) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect((await (await clientOf(clientId)).get(fileId)).file_id).toBe(fileId);
  await context.close();
});

it.each([
  ['light', 'desktop', { width: 1280, height: 860 }],
  ['dark', 'desktop', { width: 1280, height: 860 }],
  ['light', 'phone', { width: 390, height: 844 }],
  ['dark', 'phone', { width: 390, height: 844 }],
] as const)('can be read by everybody, %s on a %s', async (colorScheme, device, viewport) => {
  const { page, context, complaints } = await opened({ colorScheme, viewport, reducedMotion: 'reduce', at: '/' });
  const views: [string, string, string][] = [
    ['library', '/#/', '.card img'],
    ['video', `/#/videos/${fileId}`, '.histogram'],
    ['missing', '/#/videos/00000000-0000-4000-8000-000000000000', '[role=alert]'],
  ];
  for (const [name, at, sign] of views) {
    await page.goto(base + at);
    await page.locator(sign).first().waitFor();
    if (name === 'video') await ready(page);
    await expectAccessible(page);
    // Nothing is wider than the window.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await keepScreenshot(page, `${name}-${device}-${colorScheme}`);
  }
  expect(complaints).toEqual([]);
  await context.close();
});

it('can be used where the system chooses the colours', async () => {
  const { page, context } = await opened({ forcedColors: 'active' });
  await ready(page);
  const seek = page.getByRole('slider', { name: 'Position' });
  await seek.fill('2.6');
  await expect.poll(async () => Math.round((await both(page)).after * 10)).toBe(26);
  const [played, left, beside] = await colourAt(seek, [
    [0.25, 0.5],
    [0.75, 0.5],
    [0.75, 0.1],
  ]);
  expect(played).not.toBe(left);
  expect(played).not.toBe(beside);
  const swatch = page.locator('.swatch');
  const named = await page.locator('.average code').innerText();
  const [r, g, b] = (await colourAt(swatch, [[0.5, 0.5]])).join().split(',').map(Number);
  expect(named).toBe(`#${[r, g, b].map((value = 0) => value.toString(16).padStart(2, '0')).join('')}`);
  const views = page.locator('.views span');
  const shown = await views.evaluateAll((spans) => spans.map((span) => getComputedStyle(span).backgroundColor));
  expect(new Set(shown).size).toBe(2);
  await keepScreenshot(page, 'video-desktop-forced-colours');
  await context.close();
});

// Where people sign in, a first visit leads to the issuer and back, whatever that is.
it.skipIf(inject('issuer'))('is light: what a first visit loads and waits for', async () => {
  const { page, context } = await opened({ at: '/' });
  await page.locator('.card img').waitFor();
  const measured = await page.evaluate(
    () =>
      new Promise<{ paint: number; shift: number; loaded: { name: string; bytes: number }[] }>((resolve) => {
        let [paint, shift] = [0, 0];
        new PerformanceObserver((list) => {
          for (const { startTime } of list.getEntries()) paint = startTime;
        }).observe({ type: 'largest-contentful-paint', buffered: true });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shift += Number(Reflect.get(entry, 'value'));
        }).observe({ type: 'layout-shift', buffered: true });
        const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
        const loaded = entries.map(({ name, decodedBodySize }) => ({ name, bytes: decodedBodySize }));
        setTimeout(() => resolve({ paint, shift, loaded }), 300);
      }),
  );
  // Google's "good": https://web.dev/articles/vitals
  expect(measured.paint).toBeLessThan(2_500);
  expect(measured.shift).toBeLessThan(0.1);
  for (const { name } of measured.loaded) expect(new URL(name).origin).toBe(base);
  const parts = measured.loaded.filter(({ name }) => name.includes('/assets/'));
  expect(parts.length).toBeLessThanOrEqual(4);
  expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(250_000);
  await context.close();
});
