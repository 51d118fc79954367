import { describe, expect, it } from 'vitest';
import { memoryVideoStore, memoryWorkerBoard } from '../../adapters/memory/index.ts';
import { CORS } from '../../core/cors.ts';
import { sourceKey } from '../../core/keys.ts';
import { FORM_UPLOAD_LIMIT } from '../../core/limits.ts';
import type { UseLimits } from '../../core/use-limits.ts';
import { dispatch } from '../../pipeline/dispatch.ts';
import { twins } from '../../test/twins.ts';
import { createApp } from './app.ts';

const MAX_UPLOAD = 1_000_000;
const SOURCE = { seconds: 60, pixels: 8_294_400, frameRate: 120 };

function api(limits: Partial<UseLimits>) {
  const { ports, clock } = twins();
  clock.pass(20 * 60_000);
  const videos = memoryVideoStore(clock.now, { uploadsPerHour: 100, videosInFlight: 100, ...limits });
  const workers = memoryWorkerBoard();
  const all = { ...ports, videos };
  const app = createApp({ ...all, workers }, { version: '1', maxUpload: MAX_UPLOAD, source: SOURCE, signIn: false });
  const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const upload = (client_id = 'me', headers = {}) =>
    post('/upload', { filename: 'a.mp4', size: 10, content_type: 'video/mp4', client_id }, headers);
  const sendForm = (bytes: number) => {
    const form = new FormData();
    form.set('file', new File([new Uint8Array(bytes)], 'a.mp4', { type: 'video/mp4' }));
    form.set('client_id', 'me');
    return app.request('/upload', { method: 'POST', body: form });
  };
  return { app, post, upload, sendForm, ports: all, clock };
}

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as Record<string, unknown>;
  expect(body.status).toBe(response.status);
  return { ...body, retryAfter: response.headers.get('retry-after') };
}

async function idIn(response: Response): Promise<string> {
  return ((await response.json()) as { file_id: string }).file_id;
}

it('is told beforehand what is too much', async () => {
  const answer = await api({}).app.request('/limits');
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    upload_bytes: MAX_UPLOAD,
    form_bytes: FORM_UPLOAD_LIMIT,
    duration_seconds: 60,
    pixels: 8_294_400,
    frame_rate: 120,
  });
});

describe('too much', () => {
  it('of one client within an hour is 429, with when to come back', async () => {
    const { upload, sendForm, clock } = api({ uploadsPerHour: 2 });
    expect((await upload()).status).toBe(201);
    expect((await sendForm(10)).status).toBe(200);
    const refused = { title: 'Too Many Requests', status: 429, code: 'too_many_uploads', retryAfter: '2400' };
    for (const response of [await upload(), await sendForm(10)]) {
      expect(await problemOf(response)).toMatchObject({ ...refused, detail: expect.stringMatching(/40 minutes/) });
    }
    expect((await upload('another')).status).toBe(201);
    clock.pass(2_400_000);
    expect((await upload()).status).toBe(201);
  });

  it('by a repeat of a request is not more', async () => {
    const { upload } = api({ uploadsPerHour: 1 });
    const first = await idIn(await upload('me', { 'idempotency-key': 'k' }));
    expect(await idIn(await upload('me', { 'idempotency-key': 'k' }))).toBe(first);
    expect((await upload('me', { 'idempotency-key': 'another' })).status).toBe(429);
  });

  it('of all clients at once is 503, until one video has ended', async () => {
    const { upload, post } = api({ videosInFlight: 1 });
    const file_id = await idIn(await upload());
    const refused = { title: 'Service Unavailable', status: 503, code: 'too_many_videos', retryAfter: '60' };
    expect(await problemOf(await upload('another'))).toMatchObject(refused);
    expect((await post(`/videos/${file_id}/cancel`)).status).toBe(202);
    expect((await upload('another')).status).toBe(201);
  });

  it('is one that is tried again, too', async () => {
    const { post, ports, upload } = api({ uploadsPerHour: 1 });
    const file_id = await idIn(await upload());
    await ports.uploads.write(sourceKey(file_id), 'ten bytes.', { contentType: 'video/mp4' });
    await dispatch(ports, sourceKey(file_id));
    await post(`/videos/${file_id}/cancel`);
    expect(await problemOf(await post(`/videos/${file_id}/retry`))).toMatchObject({ code: 'too_many_uploads' });
    expect(await ports.videos.get(file_id)).toMatchObject({ attempt: 1 });
  });

  it('in one file is 400, and names the field, whichever way it comes', async () => {
    const { post, sendForm } = api({});
    const request = { filename: 'a.mp4', size: MAX_UPLOAD + 1, content_type: 'video/mp4' };
    const refused = {
      status: 400,
      code: 'invalid_request',
      field: 'size',
      detail: `size: at most ${MAX_UPLOAD} bytes`,
    };
    expect(await problemOf(await post('/upload', request))).toMatchObject(refused);
    expect(await problemOf(await sendForm(MAX_UPLOAD + 1))).toMatchObject(refused);
  });
});

it('lets pages of other origins read when to come back', () => {
  expect(CORS.responseHeaders).toContain('retry-after');
});
