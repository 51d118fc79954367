import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { createClient } from '../../client/index.ts';
import { findChromium } from '../../local/setup/tools.mjs';

/*
 * `npm run docs:screenshots -- http://localhost:8000`: the picture of the page in README, from a Reelight that runs, with a
 * video that has something to mend: the example, too dark and with a noisy sensor.
 */

const DAMAGE =
  'scale=in_range=tv:out_range=pc,format=gbrp,lutrgb=r=val*0.42:g=val*0.42:b=val*0.42,format=yuv420p,noise=c0s=7:c0f=t';

const root = resolve(import.meta.dirname, '..', '..');
const base = process.argv[2] ?? 'http://localhost:8000';
const folder = await mkdtemp(join(tmpdir(), 'screenshots-'));
const browser = await chromium.launch({
  executablePath: findChromium() ?? '',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const clip = join(folder, 'dusk.mp4');
  const example = join(root, 'examples', 'big-buck-bunny.mp4');
  const encoding = ['-c:v', 'libx264', '-crf', '16', '-preset', 'fast', '-c:a', 'copy', '-movflags', '+faststart'];
  await promisify(execFile)(findFfmpeg().ffmpeg, ['-v', 'error', '-i', example, '-vf', DAMAGE, ...encoding, clip]);
  const clientId = `screenshots-${crypto.randomUUID()}`;
  const client = createClient({ baseUrl: base, clientId });
  const id = await client.upload(new File([await readFile(clip)], 'dusk.mp4', { type: 'video/mp4' }));
  for await (const { processes } of client.watch(id)) {
    const { status, progress, error } = processes.video_enhancement;
    console.log(status, progress, error ?? '');
  }
  const context = await browser.newContext({ viewport: { width: 1120, height: 1010 }, colorScheme: 'light' });
  await context.addInitScript((name) => localStorage.setItem('reelight.client_id', name), clientId);
  const page = await context.newPage();
  await page.goto(`${base}/#/videos/${id}`);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(3_000);
  await page.screenshot({ path: join(root, 'docs', 'images', 'page.jpg'), type: 'jpeg', quality: 85 });
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
