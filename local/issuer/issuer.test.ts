import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, homeFrom } from '../home.ts';
import { createIssuer } from './issuer.ts';
import { tokenSigner } from './tokens.ts';

let home: Home;
let server: Server;
let issuer: string;
beforeEach(async () => {
  home = homeFrom({ REELIGHT_HOME: mkdtempSync(join(tmpdir(), 'reelight-issuer-')) });
  // Its address is known once it listens, and part of what it signs.
  const probe = createIssuer(await tokenSigner(home, 'http://localhost', 'page')).listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  issuer = `http://127.0.0.1:${port}`;
  server = createIssuer(await tokenSigner(home, issuer, 'page')).listen(port, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  rmSync(home.root, { recursive: true });
});

const verifier = randomBytes(32).toString('base64url');
const back = 'http://localhost:8000/';
const question = (changes: Record<string, string> = {}) => {
  const code_challenge = createHash('sha256').update(verifier).digest('base64url');
  const asked = {
    client_id: 'page',
    redirect_uri: back,
    response_type: 'code',
    code_challenge,
    state: 's',
    nonce: 'n',
  };
  return `${issuer}/authorize?${new URLSearchParams({ ...asked, code_challenge_method: 'S256', ...changes })}`;
};
const visit = (url: string, cookie = '') => fetch(url, { redirect: 'manual', headers: { cookie } });
const exchange = async (form: Record<string, string>) => {
  const body = new URLSearchParams({ client_id: 'page', ...form });
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body });
  const said = (await answer.json()) as Partial<
    Record<'access_token' | 'id_token' | 'refresh_token' | 'error', string>
  >;
  return { ...said, status: answer.status };
};
const codeOf = (answer: Response) => new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
const redeem = (code: string, changes: Record<string, string> = {}) =>
  exchange({ grant_type: 'authorization_code', code, redirect_uri: back, code_verifier: verifier, ...changes });

describe('signing in by a code', () => {
  it('asks for a name, then goes back with a code for it that is good once', async () => {
    const asked = await visit(question());
    expect(asked.status).toBe(200);
    expect(await asked.text()).toContain('name="code_challenge"');
    const answer = await visit(question({ name: 'ana' }));
    expect(answer.headers.get('location')).toMatch(/^http:\/\/localhost:8000\/\?code=.*&state=s$/);
    const code = codeOf(answer);
    const tokens = await redeem(code);
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks.json`));
    const { payload } = await jwtVerify(tokens.access_token ?? '', keys, {
      issuer,
      audience: 'page',
      algorithms: ['RS256'],
    });
    expect(payload).toMatchObject({ sub: 'ana', client_id: 'page' });
    const id = await jwtVerify(tokens.id_token ?? '', keys, { issuer, audience: 'page' });
    expect(id.payload).toMatchObject({ sub: 'ana', nonce: 'n' });
    expect(await redeem(code)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it('remembers the name until one signs out', async () => {
    const cookie = (await visit(question({ name: 'ana' }))).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await visit(question(), cookie)).status).toBe(302);
    const out = await visit(`${issuer}/logout?post_logout_redirect_uri=${back}`, cookie);
    expect([out.headers.get('location'), out.headers.get('set-cookie')]).toEqual([
      back,
      expect.stringContaining('Max-Age=0'),
    ]);
  });

  it('needs the verifier, the same address, and this machine', async () => {
    for (const changes of [
      { code_verifier: 'other' },
      { redirect_uri: 'http://localhost:9000/' },
      { client_id: 'x' },
    ]) {
      const refused = await redeem(codeOf(await visit(question({ name: 'ana' }))), changes);
      expect(refused.status).toBe(400);
    }
    for (const changes of [
      { redirect_uri: 'https://evil.example/' },
      { redirect_uri: 'http://localhost.evil.example/' },
      { client_id: 'x' },
      { code_challenge_method: 'plain' },
      { response_type: 'token' },
    ]) {
      expect((await visit(question({ name: 'ana', ...changes }))).status).toBe(400);
    }
  });

  it('shows what it was asked, and makes no page of it', async () => {
    const page = await (await visit(question({ state: '"><script>alert(1)</script>' }))).text();
    expect(page).not.toContain('<script>');
  });
});

it('gives command lines a token for a name, and another for what that gave', async () => {
  const first = await exchange({ grant_type: 'password', username: 'ana' });
  expect(first.status).toBe(200);
  const again = { grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' };
  expect((await exchange(again)).status).toBe(200);
  expect(await exchange(again)).toMatchObject({ error: 'invalid_grant' });
  expect(await exchange({ grant_type: 'password', username: 'a b' })).toMatchObject({ error: 'invalid_grant' });
  expect(await exchange({ grant_type: 'client_credentials' })).toMatchObject({ error: 'unsupported_grant_type' });
});

it('keeps its key in the home, for its owner, over restarts', async () => {
  const [first, second] = [await tokenSigner(home, issuer, 'page'), await tokenSigner(home, issuer, 'page')];
  expect(first.publicJwk).toEqual(second.publicJwk);
  expect(first.publicJwk).not.toHaveProperty('d');
  expect(statSync(home.issuerKey).mode & 0o777).toBe(0o600);
});
