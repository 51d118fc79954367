import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { chooseFiles, clientOf, example, expectAccessible, keepScreenshot, launch, visit } from './browser.ts';

/* What somebody wants to become of a video, from the moment that they choose it. */

let browser: Browser;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelight-wishes-'));
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A moment of the example that says it is HDR10. */
async function hdr10(): Promise<string> {
  const path = join(folder, 'sunset.mp4');
  const tags = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'];
  const video = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le', '-tag:v', 'hvc1', ...tags];
  await promisify(execFile)(findFfmpeg().ffmpeg, ['-v', 'error', '-i', example, '-t', '0.4', '-an', ...video, path]);
  return path;
}

it('keeps high dynamic range where that is wished, and brings it to standard range in another attempt', async () => {
  const { page, context, clientId, complaints } = await visit(browser);
  const client = await clientOf(clientId);
  const record = async () => (await client.list()).videos[0];
  await page.getByRole('checkbox', { name: 'Keep HDR' }).check();
  await page.getByRole('radio', { name: 'As it is' }).check();
  await keepScreenshot(page, 'keep-hdr-desktop-light');
  await chooseFiles(page, await hdr10());
  await expect.poll(async () => (await record())?.status, { timeout: 60_000 }).toBe('completed');
  expect(await record()).toMatchObject({ hdr: 'keep', profile: 'passthrough' });

  await page.locator('.card', { hasText: 'sunset.mp4' }).getByRole('link').first().click();
  const keep = page.getByRole('checkbox', { name: 'Keep HDR' });
  await keep.uncheck();
  await expectAccessible(page);
  await keepScreenshot(page, 'keep-hdr-again-desktop-light');
  await page.getByRole('button', { name: 'Do again' }).click();
  await expect
    .poll(
      async () => {
        const { attempt, status, hdr } = (await record()) ?? {};
        return { attempt, status, hdr };
      },
      { timeout: 60_000 },
    )
    .toEqual({ attempt: 2, status: 'completed', hdr: 'sdr' });
  expect((await record())?.analysis?.findings).toContainEqual(
    expect.objectContaining({ subject: 'dynamic_range', verdict: 'mended' }),
  );
  expect(complaints).toEqual([]);
  await client.remove((await record())?.file_id ?? '');
  await context.close();
});
