import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Home, homeFrom } from './home.ts';
import { portsFrom } from './ports.ts';
import { signInFrom, signingKey } from './sign-in.ts';

let home: Home;
beforeEach(() => {
  home = homeFrom({ REELIGHT_HOME: mkdtempSync(join(tmpdir(), 'reelight-home-')) });
});
afterEach(() => rmSync(home.root, { recursive: true }));

const from = (env: NodeJS.ProcessEnv) => signInFrom(env, portsFrom({ REELIGHT_ISSUER_PORT: '9001' }));

it('is off unless it is asked for', () => {
  for (const env of [{}, { AUTH: '' }, { AUTH: 'none' }]) expect(from(env)).toBeUndefined();
});

it('is by the issuer of this machine, or by one that is named', () => {
  expect(from({ AUTH: 'oidc' })).toEqual({ issuer: 'http://localhost:9001', clientId: 'reelight', ours: true });
  const own = { OIDC_ISSUER: 'https://issuer.example', OIDC_CLIENT_ID: 'page' };
  expect(from({ AUTH: 'oidc', ...own })).toEqual({ issuer: 'https://issuer.example', clientId: 'page', ours: false });
});

it.each([
  { AUTH: 'yes' },
  { AUTH: 'oidc', OIDC_ISSUER: 'https://issuer.example' },
  { AUTH: 'oidc', OIDC_CLIENT_ID: 'x' },
])('says what is wrong with %j', (env) => {
  expect(() => from(env)).toThrow(expect.objectContaining({ code: 'bad_setting' }));
});

it('signs files out by a key of its own, which only its owner can read', () => {
  const key = signingKey(home);
  expect(signingKey(home)).toEqual(key);
  expect(statSync(home.signingKey).mode & 0o777).toBe(0o600);
  const half = createPublicKey(createPrivateKey(key.private_key)).export({ type: 'spki', format: 'pem' });
  expect(key.public_key).toBe(half);
  writeFileSync(home.signingKey, '{}');
  expect(() => signingKey(home)).toThrow(/damaged/);
});
