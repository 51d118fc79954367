import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { homeFrom } from '../../local/home.ts';
import { type TokenChanges, tokenSigner } from '../../local/issuer/tokens.ts';
import { listen, talkTo } from '../talk.ts';
import { tokenFor } from './token.ts';

/* Two people who sign in, and what each of them can see of the other: nothing. */

const base = inject('base');
const issuer = inject('issuer') ?? '';
const clip = new Uint8Array(await readFile('examples/big-buck-bunny.mp4'));

describe.runIf(issuer)('where people sign in', () => {
  const client = `auth-${process.pid}`;
  let ana: ReturnType<typeof talkTo>;
  let ben: ReturnType<typeof talkTo>;
  let id: string;
  beforeAll(async () => {
    ana = talkTo(base, await tokenFor('ana', issuer));
    ben = talkTo(base, await tokenFor('ben', issuer));
    id = await ana.send(clip, client);
  });

  it('shows a video to its owner', async () => {
    expect((await ana.call(`/videos/${id}`)).status).toBe(200);
    expect((await ben.call(`/videos/${id}`)).status).toBe(404);
  });

  it('tickets', async () => {
    const ears = await ana.listen(client);
    await ears.until(({ type }) => type === 'connection');
    await ears.until(({ file_id }) => file_id === id);
    await ears.close();
    const ticket = await ana.ticket();
    const once = await listen(base, client, ticket);
    await once.until(({ type }) => type === 'connection');
    await expect(listen(base, client, ticket)).rejects.toThrow();
    await expect(listen(base, client)).rejects.toThrow();
    await once.close();
  });

  describe('tokens', () => {
    const bad = async (changes: TokenChanges) => {
      const home = homeFrom({ REELIGHT_HOME: inject('home') });
      const signer = await tokenSigner(home, issuer, 'reelight');
      return signer.accessToken('ana', changes);
    };
    it.each([
      ['that is over', { seconds: -1 }],
      ['for somebody else', { audience: 'other' }],
      ['of another issuer', { issuer: 'http://localhost:1' }],
    ])('%s', async (_, changes) => {
      const answer = await fetch(`${base}/videos/${id}`, {
        headers: { authorization: `Bearer ${await bad(changes)}` },
      });
      console.log(answer.status, answer.headers.get('content-type'), await answer.text());
      expect(answer.status).toBe(401);
    });
  });
});
