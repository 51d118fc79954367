import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type * as ReelightClient from '../../client/browser.ts';
import { base, example, launch, PATIENCE } from './browser.ts';

/* Somebody else's page, of another origin, while they write it: with the typed client. */

declare global {
  var reelight: typeof ReelightClient;
}

let browser: Browser;
let elsewhere: Server;
let page: Page;
const clientId = `elsewhere-${process.pid}`;
const sent: string[] = [];

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../../client/browser.ts')],
    bundle: true,
    format: 'iife',
    globalName: 'reelight',
    write: false,
  });
  const files: Record<string, [type: string, body: string | Buffer]> = {
    '/': [
      'text/html',
      '<!doctype html><title>Elsewhere</title><script src="/client.js"></script><video muted></video>',
    ],
    '/client.js': ['text/javascript', outputFiles[0]?.text ?? ''],
    '/clip.mp4': ['video/mp4', await readFile(example)],
  };
  elsewhere = createServer((request, response) => {
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(body === '' ? 404 : 200, { 'content-type': type }).end(body);
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  browser = await launch();
  page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
});
afterAll(async () => {
  await browser?.close();
  elsewhere.closeAllConnections();
  elsewhere.close();
  for (const id of sent) await fetch(`${base}/videos/${id}`, { method: 'DELETE' });
});

it('is another origin', async () => {
  expect(await page.evaluate(() => location.origin)).not.toBe(new URL(base).origin);
});

// Where people sign in, files are had by cookies, which browsers send to the service's own pages alone.
it.skipIf(inject('issuer'))('uploads, watches, plays and fetches with the typed client', async () => {
  const seen = await page.evaluate(
    async ([base, clientId]) => {
      const { createClient, enhancedPath, metadataPath } = globalThis.reelight;
      const client = createClient({ baseUrl: base, clientId });
      const clip = new File([await (await fetch('/clip.mp4')).blob()], 'clip.mp4', { type: 'video/mp4' });
      const notices: string[] = [];
      const stop = client.listen({ notice: ({ type }) => void notices.push(type), connected: () => {} });
      let moved = 0;
      const id = await client.upload(clip, {
        onProgress: (bytes) => {
          moved = bytes;
        },
      });
      let last = '';
      for await (const { processes } of client.watch(id)) last = processes.video_enhancement.status;
      stop();
      const part = await client.download(enhancedPath(id), { headers: { range: 'bytes=0-99' } });
      const { filename } = await (await client.download(metadataPath(id))).json();
      return {
        id,
        moved,
        size: clip.size,
        last,
        notices: [...new Set(notices)].sort(),
        part: [part.status, part.headers.get('content-range'), (await part.arrayBuffer()).byteLength],
        etag: part.headers.get('etag'),
        filename,
      };
    },
    [base, clientId] as const,
  );
  sent.push(seen.id);
  expect(seen).toMatchObject({
    moved: seen.size,
    last: 'completed',
    notices: ['connection', 'status_update', 'upload_status'],
    part: [206, expect.stringMatching(/^bytes 0-99\/\d+$/), 100],
    etag: expect.stringContaining('"'),
    filename: 'clip.mp4',
  });
  // Pixels of a video of another origin can be read only where CORS allows it.
  const bright = await page.evaluate(async (address) => {
    const video = document.querySelector('video') as HTMLVideoElement;
    video.crossOrigin = 'anonymous';
    video.src = address;
    await new Promise((resolve, reject) => {
      video.onerror = () => reject(new Error(video.error?.message));
      video.onseeked = resolve;
      video.onloadedmetadata = () => {
        video.currentTime = video.duration / 2;
      };
    });
    const canvas = new OffscreenCanvas(16, 16);
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.drawImage(video, 0, 0, 16, 16);
    return context.getImageData(0, 0, 16, 16).data.some((value, at) => at % 4 < 3 && value > 32);
  }, `${base}/processed_videos/${seen.id}`);
  expect(bright).toBe(true);
});
