import { expect, it } from 'vitest';
import { memoryWorkerBoard } from '../../adapters/memory/index.ts';
import { publicKeys } from '../../core/keys.ts';
import { DEFAULT_SOURCE_LIMITS } from '../../core/source-limits.ts';
import { MULTIPART_ABOVE } from '../../core/upload-plan.ts';
import { twins } from '../../test/twins.ts';
import { createApp } from './app.ts';

/* Where people sign in, another's video is not there: not to be read, changed, listed or removed. */

function api(signIn = true) {
  const { ports, announced } = twins();
  const app = createApp(
    { ...ports, workers: memoryWorkerBoard() },
    { version: '1', maxUpload: 1024 ** 3, source: DEFAULT_SOURCE_LIMITS, signIn },
  );
  /** As the gateway calls, which has verified the token. */
  const as = (sub: unknown) => async (method: string, path: string, body?: unknown) => {
    const init = { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) };
    const claims = sub === undefined ? undefined : { sub };
    return app.request(path, init as RequestInit, { event: { requestContext: { authorizer: { jwt: { claims } } } } });
  };
  return { as, ports, announced };
}

const upload = { filename: 'a.mp4', size: MULTIPART_ABOVE + 1, content_type: 'video/mp4', client_id: 'laptop' };

/** Everything that can be asked of one video. */
const CALLS: [method: string, path: string, body?: unknown][] = [
  ['GET', '/videos/ID'],
  ['POST', '/videos/ID/cancel'],
  ['POST', '/videos/ID/retry', {}],
  ['POST', '/videos/ID/playback'],
  ['DELETE', '/videos/ID'],
  ['POST', '/upload/ID/parts', { part_numbers: [1] }],
  ['GET', '/upload/ID/parts'],
  ['POST', '/upload/ID/complete', { parts: [] }],
  ['DELETE', '/upload/ID'],
  ['GET', '/internal/video-enhancement-status/ID'],
  ['GET', '/internal/metadata-extraction-status/ID'],
];

async function started(as: ReturnType<typeof api>['as'], sub = 'ana'): Promise<string> {
  const answer = await as(sub)('POST', '/upload', upload);
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { file_id: string }).file_id;
}

it.each(CALLS)('%s %s is 404 to anybody else, and changes nothing', async (method, path, body) => {
  const { as, ports, announced } = api();
  const id = await started(as);
  const before = await ports.videos.get(id);
  const answer = await as('ben')(method, path.replace('ID', id), body);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ code: 'file_not_found', detail: 'File not found' });
  expect(await ports.videos.get(id)).toEqual(before);
  expect(announced).toEqual([]);
  expect(ports.uploads.unfinished()).toHaveLength(1);
});

it.each(CALLS)('%s %s is not 404 to the owner', async (method, path, body) => {
  const { as } = api();
  const id = await started(as);
  expect((await as('ana')(method, path.replace('ID', id), body)).status).not.toBe(404);
});

it('lists what is one’s own, of all clients or of one', async () => {
  const { as } = api();
  const id = await started(as);
  await started(as, 'ben');
  const ids = async (sub: string, query: string) => {
    const { videos } = (await (await as(sub)('GET', `/videos${query}`)).json()) as { videos: { file_id: string }[] };
    return videos.map(({ file_id }) => file_id);
  };
  expect(await ids('ana', '')).toEqual([id]);
  expect(await ids('ana', '?client_id=laptop')).toEqual([id]);
  expect(await ids('ana', '?client_id=phone')).toEqual([]);
  expect(await ids('eve', '?client_id=laptop')).toEqual([]);
});

it('answers the same Idempotency-Key of two people with two videos', async () => {
  const { as } = api();
  expect(await started(as)).not.toBe(await started(as, 'ben'));
});

it.each([undefined, '', 7, 'x'.repeat(256)])('asks who has the subject %j to sign in', async (sub) => {
  const { as } = api();
  const id = await started(as);
  for (const [method, path, body] of [
    ...CALLS,
    ['POST', '/upload', upload],
    ['GET', '/videos'],
    ['GET', '/limits'],
    ['POST', '/ws-tickets'],
  ] as typeof CALLS) {
    const answer = await as(sub)(method, path.replace('ID', id), body);
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 401, 'application/problem+json']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer.json()).toMatchObject({ code: 'not_signed_in' });
  }
});

it('gives tickets to who signed in, and says where nobody does that there are none', async () => {
  const given = await api().as('ana')('POST', '/ws-tickets');
  expect(given.status).toBe(201);
  expect(given.headers.get('cache-control')).toBe('no-store');
  expect(await given.json()).toEqual({ ticket: expect.stringMatching(/^[\w-]{43}$/), expires_at: expect.any(String) });
  const none = await api(false).as('ana')('POST', '/ws-tickets');
  expect([none.status, ((await none.json()) as { code: string }).code]).toEqual([404, 'no_sign_in']);
});

it('gives who may see a video cookies for its files, and for no others', async () => {
  const { as } = api();
  const id = await started(as);
  const answer = await as('ana')('POST', `/videos/${id}/playback`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ expires_at: '2026-01-01T00:15:00.000Z' });
  const cookies = answer.headers.getSetCookie();
  const paths = cookies.map((cookie) => /Path=([^;]+)/.exec(cookie)?.[1]);
  expect(new Set(paths)).toEqual(new Set(['/', ...publicKeys(id).map((key) => `/${key}`)]));
  for (const cookie of cookies) expect(cookie).toMatch(/; Max-Age=900; .*HttpOnly; Secure; SameSite=Lax$/);
  expect(cookies.filter((cookie) => cookie.includes('Path=/;'))).toEqual([
    expect.stringMatching(/^CloudFront-Key-Pair-Id=/),
  ]);
  const none = await api(false).as(undefined)('POST', `/videos/${id}/playback`);
  expect([none.status, ((await none.json()) as { code: string }).code]).toEqual([404, 'no_sign_in']);
});

it('shows nobody’s and somebody’s videos to neither, when the setting was changed', async () => {
  const { as, ports } = api();
  const id = await started(as);
  await ports.videos.change(id, (video) => ({ ...video, owner: null }));
  expect((await as('ana')('GET', `/videos/${id}`)).status).toBe(404);
  const open = api(false);
  const theirs = await started(open.as);
  await open.ports.videos.change(theirs, (video) => ({ ...video, owner: 'ana' }));
  expect((await open.as(undefined)('GET', `/videos/${theirs}`)).status).toBe(404);
});
