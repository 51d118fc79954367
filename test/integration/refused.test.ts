import { expect, inject, it } from 'vitest';
import { talkTo } from '../talk.ts';

/* What people send that is no video, or too much, or not theirs to send. */

const reelight = talkTo(inject('base'));
const client = `refused-${process.pid}`;

it('fails both processes on bytes that hold no video, with a reason that people understand', async () => {
  const text = new TextEncoder().encode('this is a shopping list, whatever its name says\n'.repeat(50));
  const video = await reelight.until(await reelight.send(text, client), ({ processes }) =>
    Object.values(processes).every(({ status }) => status === 'failed'),
  );
  for (const process of Object.values(video.processes)) {
    expect(process).toMatchObject({ status: 'failed', error: expect.stringMatching(/video/i) });
    expect(process.error).not.toMatch(/ffmpeg|127\.0\.0\.1|http|Invalid data/i);
  }
});

it('answers a form that the gateway could not carry at the edge, and names the other way', async () => {
  const body = new FormData();
  body.set('file', new File([new Uint8Array(7 * 1024 * 1024)], 'a.mp4', { type: 'video/mp4' }));
  const response = await fetch(`${reelight.base}/upload`, { method: 'POST', body });
  expect(response.status).toBe(413);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({
    code: 'payload_too_large',
    detail: expect.stringContaining('presigned'),
  });
});

it('takes a small form, with the client in the query', async () => {
  const body = new FormData();
  body.set('file', new File(['not a movie at all, but small'], 'a.mp4', { type: 'video/mp4' }));
  const response = await fetch(`${reelight.base}/upload?client_id=${client}`, { method: 'POST', body });
  expect(response.status).toBe(200);
  const { file_id, message } = (await response.json()) as { file_id: string; message: string };
  expect(message).toBe('Video uploaded successfully');
  expect((await reelight.ended(file_id)).status).toBe('failed');
});

it('refuses a bad client id when the WebSocket connects', async () => {
  await expect(reelight.listen('a%20b')).rejects.toThrow();
});

it('refuses what an upload URL was not signed for, and a second use', async () => {
  const bytes = new Uint8Array(1_000).fill(7);
  const { upload } = await reelight.start({ size: bytes.length, client_id: client });
  const put = (url: string, body: Uint8Array<ArrayBuffer>, headers = upload.headers) =>
    fetch(url, { method: 'PUT', headers, body }).then(async (response) => {
      await response.arrayBuffer();
      return response.status;
    });
  expect(await put(upload.url, new Uint8Array(1_001))).toBe(403);
  expect(await put(upload.url, bytes, { ...upload.headers, 'content-type': 'text/html' })).toBe(403);
  expect(
    await put(
      upload.url.replace(/uploads\/(.)/, (_, first) => `uploads/${first === 'f' ? '0' : 'f'}`),
      bytes,
    ),
  ).toBe(403);
  const { 'if-none-match': _, ...overwriting } = Object.fromEntries(
    Object.entries(upload.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  expect(await put(upload.url, bytes, overwriting)).toBe(403);
  expect(await put(upload.url, bytes)).toBe(200);
  expect(await put(upload.url, bytes)).toBe(412);
});
