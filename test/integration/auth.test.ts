import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { publicKeys } from '../../core/keys.ts';
import { homeFrom } from '../../local/home.ts';
import { type Signer, tokenSigner } from '../../local/issuer/tokens.ts';
import { listen, talkTo } from '../talk.ts';
import { plainFetch } from './signed-in.ts';
import { tokenFor } from './token.ts';

/* Two people who sign in, and what each of them can see of the other: nothing. */

const base = inject('base');
const issuer = inject('issuer') ?? '';
const clip = new Uint8Array(await readFile('examples/big-buck-bunny.mp4'));
/** Both have a client of this name. */
const client = `auth-${process.pid}`;

type Talk = ReturnType<typeof talkTo>;
const as = async (name: string) => talkTo(base, await tokenFor(`${name}-${process.pid}`, issuer));

/** Everything that the contract has about one video. */
const CALLS: [method: string, path: string, body?: unknown][] = [
  ['GET', '/videos/ID'],
  ['GET', '/internal/video-enhancement-status/ID'],
  ['GET', '/internal/metadata-extraction-status/ID'],
  ['POST', '/videos/ID/playback'],
  ['POST', '/videos/ID/cancel'],
  ['POST', '/videos/ID/retry', { profile: 'passthrough' }],
  ['DELETE', '/videos/ID'],
  ['GET', '/upload/ID/parts'],
  ['POST', '/upload/ID/parts', { part_numbers: [1] }],
  ['POST', '/upload/ID/complete', { parts: [] }],
  ['DELETE', '/upload/ID'],
];

function request(method: string, body?: unknown): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, body: body ? JSON.stringify(body) : null };
}

describe.runIf(issuer)('where people sign in', () => {
  let ana: Talk;
  let ben: Talk;
  let signer: Signer;
  /** Ana's: one that is done, and one whose upload has begun. */
  let done: string;
  let begun: string;
  beforeAll(async () => {
    [ana, ben] = [await as('ana'), await as('ben')];
    signer = await tokenSigner(homeFrom({ REELIGHT_HOME: inject('home') }), issuer, 'reelight');
    done = await ana.send(clip, client);
    begun = (await ana.start({ size: 40_000_000, client_id: client })).file_id;
    await ana.ended(done, 110_000);
  });
  afterAll(async () => {
    for (const id of [done, begun]) await ana.call(`/videos/${id}`, { method: 'DELETE' });
  });

  describe('to somebody else', () => {
    it.each(CALLS)('%s %s is 404', async (method, path, body) => {
      for (const id of [done, begun]) {
        const answer = await ben.call(path.replace('ID', id), request(method, body));
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect(await answer.json()).toMatchObject({ status: 404, code: 'file_not_found', detail: 'File not found' });
        expect(answer.status).toBe(404);
      }
    });

    it('nothing of it is in any list', async () => {
      for (const query of ['', `?client_id=${client}`, '?q=clip']) {
        expect(await ben.json(`/videos${query}`)).toEqual({ videos: [], cursor: null });
      }
    });

    it('has all been in vain: the owner has everything as it was', async () => {
      expect((await ana.video(done)).status).toBe('completed');
      expect(await ana.json(`/upload/${begun}/parts`)).toEqual({ parts: [] });
      const { videos } = await ana.json<{ videos: { file_id: string }[] }>('/videos');
      expect(videos.map(({ file_id }) => file_id).sort()).toEqual([done, begun].sort());
      expect(await ana.json(`/videos?client_id=${client}-2`)).toEqual({ videos: [], cursor: null });
    });
  });

  describe('without a good token', () => {
    const ask = (authorization: string | undefined, path = `/videos/${done}`, init: RequestInit = {}) =>
      plainFetch(base + path, { ...init, headers: { ...init.headers, ...(authorization && { authorization }) } });

    it.each([
      ['none', undefined, 'not_signed_in'],
      ['a password', 'Basic YW5hOmFuYQ==', 'not_signed_in'],
      ['no token', 'Bearer nonsense', 'bad_token'],
    ])('but %s: 401', async (_, authorization, code) => {
      for (const [method, path, body] of [...CALLS, ['POST', '/ws-tickets'], ['GET', '/videos']] as typeof CALLS) {
        const answer = await ask(authorization, path.replace('ID', done), request(method, body));
        expect([path, answer.status]).toEqual([path, 401]);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
        expect(await answer.json()).toMatchObject({ status: 401, code });
      }
    });

    it.each([
      ['that is over', { seconds: -1 }, 'token_expired'],
      ['for somebody else', { audience: 'other' }, 'foreign_token'],
      ['of another issuer', { issuer: 'http://localhost:1' }, 'foreign_token'],
    ])('but one %s: 401', async (_, changes, code) => {
      const answer = await ask(`Bearer ${await signer.accessToken('ana', changes)}`);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({ status: 401, code });
    });

    it('but a forged one: 401, by the gateway', async () => {
      const [head = '', body = '', signature = ''] = (await signer.accessToken('ana')).split('.');
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
      const other = Buffer.from(JSON.stringify({ ...claims, sub: 'ben' })).toString('base64url');
      const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
      for (const token of [
        `${head}.${other}.${signature}`,
        `${head}.${body}.${signature.slice(0, -8)}AAAAAAAA`,
        `${unsigned}.${body}.`,
      ]) {
        expect((await ask(`Bearer ${token}`)).status).toBe(401);
      }
      expect((await ask(`Bearer ${head}.${body}.${signature}`)).status).toBe(404);
    });

    it('there is still what is the same for everybody', async () => {
      for (const path of ['/healthz', '/openapi.json', '/docs', '/redoc', '/']) {
        expect([path, (await ask(undefined, path)).status]).toEqual([path, 200]);
      }
      const preflight = await ask(undefined, '/videos', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://elsewhere.example',
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization',
        },
      });
      expect(preflight.status).toBeLessThan(300);
      expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    });
  });

  describe('a ticket', () => {
    it('opens one WebSocket, and no second', async () => {
      const ticket = await ana.ticket();
      const ears = await listen(base, client, ticket);
      expect(await ears.until(({ type }) => type === 'connection')).toMatchObject({ client_id: client });
      await expect(listen(base, client, ticket)).rejects.toThrow();
      await ears.close();
    });

    it('is needed, and has to be ours', async () => {
      await expect(listen(base, client)).rejects.toThrow();
      await expect(listen(base, client, '')).rejects.toThrow();
      await expect(listen(base, client, 'x'.repeat(43))).rejects.toThrow();
    });

    it('is good for under a minute', async () => {
      const { expires_at } = await ana.post<{ expires_at: string }>('/ws-tickets', {});
      const left = Date.parse(expires_at) - Date.now();
      expect(left).toBeGreaterThan(10_000);
      expect(left).toBeLessThan(60_000);
    });
  });

  describe('the WebSocket', () => {
    it('tells the owner, and nobody whose client is called the same', async () => {
      const [hers, his] = [await ana.listen(client), await ben.listen(client)];
      for (const ears of [hers, his]) await ears.until(({ type }) => type === 'connection');
      // The snapshot of what there is.
      await hers.until(({ file_id }) => file_id === done);
      his.say({ action: 'subscribe', file_id: begun });
      expect(await his.until(({ type }) => type === 'error')).toMatchObject({ code: 'file_not_found' });
      hers.say({ action: 'subscribe', file_id: begun });
      await hers.until(({ type, file_id }) => type === 'subscribed' && file_id === begun);

      await ana.post(`/videos/${begun}/cancel`, {});
      await hers.until(({ file_id, status }) => file_id === begun && status === 'cancelled');
      const own = (await ben.start({ size: 1, client_id: client })).file_id;
      await ben.post(`/videos/${own}/cancel`, {});
      await his.until(({ file_id, status }) => file_id === own && status === 'cancelled');
      // News come in order: what was to be heard of Ana's video would have been heard before.
      expect(his.heard.filter(({ file_id }) => file_id && file_id !== own)).toEqual([]);
      expect(hers.heard.filter(({ file_id }) => file_id === own)).toEqual([]);
      await ben.call(`/videos/${own}`, { method: 'DELETE' });
      await Promise.all([hers.close(), his.close()]);
    });
  });

  describe('files', () => {
    /** The cookies that a browser would send with a path. */
    const cookiesOf = async (who: Talk, id: string) => {
      const answer = await who.call(`/videos/${id}/playback`, { method: 'POST' });
      expect(answer.status).toBe(200);
      const given = answer.headers.getSetCookie().map((line) => {
        const [pair = '', ...attributes] = line.split('; ');
        return { pair, path: attributes.find((each) => each.startsWith('Path='))?.slice(5) };
      });
      return (path: string) =>
        given
          .filter((cookie) => cookie.path === '/' || cookie.path === path)
          .map(({ pair }) => pair)
          .join('; ');
    };
    const get = (path: string, cookie?: string) => plainFetch(base + path, { headers: cookie ? { cookie } : {} });

    it('are 403 at the edge without cookies, to the owner too, whether they are there or not', async () => {
      for (const id of [done, begun, '5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11']) {
        for (const key of publicKeys(id)) expect([key, (await get(`/${key}`)).status]).toEqual([key, 403]);
      }
    });

    it('are the owner’s with them, each by its own', async () => {
      const cookies = await cookiesOf(ana, done);
      for (const key of publicKeys(done)) {
        const answer = await get(`/${key}?v=1`, cookies(`/${key}`));
        expect([key, answer.status]).toEqual([key, 200]);
        await answer.arrayBuffer();
      }
      const [first = '', second = ''] = publicKeys(done);
      expect((await get(`/${first}`, cookies(`/${second}`))).status).toBe(403);
      const part = await plainFetch(`${base}/${first}`, {
        headers: { cookie: cookies(`/${first}`), range: 'bytes=0-9' },
      });
      expect(part.status).toBe(206);
    });

    it('are nobody else’s by cookies for another video', async () => {
      const own = (await ben.start({ size: 1, client_id: client })).file_id;
      const cookies = await cookiesOf(ben, own);
      const [hers = '', his = ''] = [publicKeys(done)[0], publicKeys(own)[0]];
      for (const path of [`/${hers}`, `/${hers}?/${his}`, `/${hers}?${base}/${his}`]) {
        expect((await get(path, cookies(`/${his}`))).status).toBe(403);
      }
      // Good cookies, and nothing there yet.
      const answer = await get(`/${his}`, cookies(`/${his}`));
      expect([answer.status, (await answer.json()) as object]).toMatchObject([404, { code: 'file_not_found' }]);
      await ben.call(`/videos/${own}`, { method: 'DELETE' });
    });
  });
});

describe.runIf(!issuer)('where nobody signs in', () => {
  it('there are no tickets and no cookies, and a token changes nothing', async () => {
    const open = talkTo(base);
    const { file_id } = await open.start({ size: 1, client_id: client });
    for (const path of ['/ws-tickets', `/videos/${file_id}/playback`]) {
      const answer = await open.call(path, { method: 'POST' });
      expect([answer.status, (await answer.json()) as object]).toMatchObject([404, { code: 'no_sign_in' }]);
    }
    expect((await talkTo(base, 'x.y.z').call(`/videos/${file_id}`)).status).toBe(200);
    await open.call(`/videos/${file_id}`, { method: 'DELETE' });
  });
});
