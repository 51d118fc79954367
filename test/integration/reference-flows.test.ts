import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import examples from '../../lambdas/api/examples.json' with { type: 'json' };
import { findChromium } from '../../local/setup/tools.mjs';
import { talkTo } from '../talk.ts';

/*
 * What clients of long standing do, as they do it: a form with the file and the client's name, both status addresses,
 * ranges of the result, its metadata. By curl, and by a page that another server gave out, as in development.
 */

const reelight = talkTo(inject('base'));
/** Where people sign in; everything else is as it was. */
const token = process.env.REELIGHT_TOKEN;
const client = `reference-${process.pid}`;
const clip = await readFile('examples/big-buck-bunny.mp4');

afterAll(async () => {
  const { videos } = await reelight.json<{ videos: { file_id: string }[] }>(`/videos?client_id=${client}`);
  for (const { file_id } of videos) await fetch(`${reelight.base}/videos/${file_id}`, { method: 'DELETE' });
});

/** `curl -F file=@… …`, to the byte: it knows no type of video, and above 1 MiB asks first whether the body is wanted. */
async function curl(path: string, fields: Record<string, string>, { type = 'application/octet-stream' } = {}) {
  const boundary = '------------------------d74496d66958873e';
  const file = `Content-Disposition: form-data; name="file"; filename="clip.mp4"\r\nContent-Type: ${type}\r\n\r\n`;
  const rest = Object.entries(fields).map(
    ([name, value]) => `\r\n--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}`,
  );
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\n${file}`),
    clip,
    Buffer.from(`${rest.join('')}\r\n--${boundary}--\r\n`),
  ]);
  const call = request(`${reelight.base}${path}`, {
    method: 'POST',
    headers: {
      'user-agent': 'curl/7.88.1',
      accept: '*/*',
      'content-length': body.length,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      expect: '100-continue',
      ...(token && { authorization: `Bearer ${token}` }),
    },
  });
  // curl waits a second for it, then sends all the same; here it has to come.
  call.on('continue', () => call.end(body));
  const [response] = await once(call, 'response');
  const text = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode as number, answer: JSON.parse(text) as { file_id: string; message: string } };
}

const download = (id: string, range: string) =>
  fetch(`${reelight.base}/processed_videos/${id}`, { headers: { range, 'user-agent': 'curl/7.88.1' } });

it.each([
  ['a field', '/upload', { client_id: client, profile: 'passthrough' }],
  ['the query', `/upload?client_id=${client}`, { profile: 'passthrough' }],
])('takes what curl sends, with the client in %s, and follows it to its end', async (_, path, fields) => {
  const { status, answer } = await curl(path, fields);
  expect([status, answer.message]).toEqual([200, 'Video uploaded successfully']);
  const id = answer.file_id;
  const taken = { client_id: client, filename: 'clip.mp4', size: clip.length, content_type: 'video/mp4' };
  expect(await reelight.video(id)).toMatchObject(taken);
  await reelight.ended(id, 110_000);
  for (const name of ['video-enhancement', 'metadata-extraction']) {
    const state = await reelight.json(`/internal/${name}-status/${id}`);
    expect(state).toEqual({ status: 'completed', progress: 100, error: null, last_updated: expect.any(String) });
  }
  const part = await download(id, 'bytes=0-999');
  expect(part.status).toBe(206);
  expect(part.headers.get('content-type')).toBe('video/mp4');
  expect(part.headers.get('content-range')).toMatch(/^bytes 0-999\/\d+$/);
  expect((await part.arrayBuffer()).byteLength).toBe(1_000);
  const metadata = (await (await fetch(`${reelight.base}/metadata/${id}.json`)).json()) as object;
  // As the documents show it; where they do not any more, `npm run docs:examples` makes them anew.
  expect(Object.keys(metadata)).toEqual(Object.keys(examples.metadata));
  expect(Object.keys(await reelight.video(id))).toEqual(Object.keys(examples.video));
  expect(metadata).toMatchObject({
    file_id: id,
    resolution: { width: 1280, height: 720 },
    fps: 25,
    color_profile: { histograms: { b: expect.any(Array) } },
    advanced: { format: expect.any(Object), streams: expect.any(Array) },
  });
});

it('refuses what does not call itself a video, in the words that clients know', async () => {
  const { status, answer } = await curl('/upload', { client_id: client }, { type: 'text/plain' });
  expect(status).toBe(400);
  expect(answer).toMatchObject({ detail: expect.stringContaining('File must be a video') });
});

describe('a page of another origin', () => {
  const page = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<title>Mine</title>'),
  );
  let browser: Browser;
  beforeAll(async () => {
    const executablePath = findChromium();
    if (!executablePath)
      throw new Error('No Chromium here: install it (apt-get install chromium) or set CHROMIUM_PATH.');
    browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
    page.listen(0, '127.0.0.1');
    await once(page, 'listening');
  });
  afterAll(async () => {
    await browser?.close();
    page.close();
  });

  it('uploads, listens, follows and streams, by form and by presigned URL', async () => {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(page.address() as AddressInfo).port}/`);
    expect(await tab.evaluate<string>('location.origin')).not.toBe(new URL(reelight.base).origin);
    const given = { token, ticket: await reelight.ticket() };
    const seen = await tab.evaluate(visit, { base: reelight.base, client, clip: clip.toString('base64'), ...given });
    expect(seen).toEqual({
      greeting: { type: 'connection', status: 'connected', client_id: client, timestamp: expect.any(String) },
      form: 'Video uploaded successfully',
      put: 200,
      told: ['completed', 'completed'],
      statuses: ['completed', 'completed'],
      // Where people sign in, files are for who has the cookies, which pages of other origins are not given.
      range: token ? 'refused' : [206, expect.stringMatching(/^bytes 0-99\/\d+$/), 100],
      again: token ? 'refused' : 304,
      metadata: token ? 'refused' : [1280, 720],
      gone: 'File not found',
    });
  });
});

/** What is read of the answers, whichever it is of. */
interface Answer {
  file_id: string;
  message: string;
  status: string;
  detail: string;
  upload: { url: string; headers: Record<string, string> };
  resolution: { width: number; height: number };
}

/** Runs in the browser, with nothing but what it brings along. */
async function visit({
  base,
  client,
  clip,
  token,
  ticket,
}: {
  base: string;
  client: string;
  clip: string;
  token: string | undefined;
  ticket: string | undefined;
}) {
  const bearer: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const bytes = Uint8Array.from(atob(clip), (character) => character.charCodeAt(0));
  const json = async (path: string, init?: RequestInit) => (await (await ask(path, init)).json()) as Answer;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(base + path, { ...init, headers: { ...(init.headers as Record<string, string>), ...bearer } });

  const heard: Record<string, string>[] = [];
  const socket = new WebSocket(`${base.replace('http', 'ws')}/ws/${client}${ticket ? `?ticket=${ticket}` : ''}`);
  let look = () => {};
  socket.onmessage = ({ data }) => {
    heard.push(JSON.parse(data));
    look();
  };
  const until = (ok: (each: Record<string, string>) => boolean) =>
    new Promise<Record<string, string>>((resolve) => {
      look = () => {
        const found = heard.find(ok);
        if (found) resolve(found);
      };
      look();
    });
  const greeting = await until(({ type }) => type === 'connection');

  const body = new FormData();
  body.append('file', new Blob([bytes], { type: 'video/mp4' }), 'clip.mp4');
  body.append('client_id', client);
  body.append('profile', 'passthrough');
  const { file_id: id, message: form } = await json('/upload', { method: 'POST', body });

  const { file_id: other, upload } = await json('/upload', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `${client}-page` },
    body: JSON.stringify({ filename: 'a.mp4', size: bytes.length, content_type: 'video/mp4', client_id: client }),
  });
  const { 'content-length': _, ...headers } = upload.headers;
  const put = await fetch(upload.url, { method: 'PUT', headers, body: bytes });
  await json(`/videos/${other}/cancel`, { method: 'POST' });
  await ask(`/videos/${other}`, { method: 'DELETE' });

  const told: (string | undefined)[] = [];
  for (const process of ['video_enhancement', 'metadata_extraction']) {
    const ended = await until(
      (each) => each.file_id === id && each.process_type === process && !/pending|processing/.test(each.status ?? ''),
    );
    told.push(ended.status);
  }
  const statuses: string[] = [];
  for (const name of ['video-enhancement', 'metadata-extraction']) {
    statuses.push((await json(`/internal/${name}-status/${id}`)).status);
  }
  // A refusal says nothing to a page of another origin.
  const get = (path: string, init?: RequestInit) => fetch(base + path, init).catch(() => undefined);
  const file = `/processed_videos/${id}`;
  const part = await get(file, { headers: { range: 'bytes=0-99' } });
  const size = (await part?.arrayBuffer())?.byteLength;
  const known = part?.headers.get('etag') ?? '';
  const again = await get(file, { headers: { 'if-none-match': known }, cache: 'no-store' });
  const metadata = await get(`/metadata/${id}.json`);
  const { resolution } = ((await metadata?.json()) ?? {}) as Partial<Answer>;
  const { detail: gone } = await json(`/videos/${other}`);
  socket.close();
  return {
    greeting,
    form,
    put: put.status,
    told,
    statuses,
    range: part ? [part.status, part.headers.get('content-range'), size] : 'refused',
    again: again?.status ?? 'refused',
    metadata: resolution ? [resolution.width, resolution.height] : 'refused',
    gone,
  };
}
