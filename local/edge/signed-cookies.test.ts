import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { cloudFrontFileAccess } from '../../adapters/cloudfront/file-access.ts';
import { publicKeys } from '../../core/keys.ts';
import { aSigningKey } from '../../test/a-signing-key.ts';
import { cookieCheck } from './signed-cookies.ts';
import type { Fields } from './viewer-function.ts';

/* What is signed by AWS's own signer, as CloudFront would look at it. */

const key = aSigningKey();
const ID = '5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11';
const OTHER = '6f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11';
const UNTIL = new Date('2026-01-01T00:15:00Z');
const allowed = await cloudFrontFileAccess(async () => key).allow(publicKeys(ID), UNTIL);

/** The cookies that a browser sends with a path: RFC 6265, 5.1.4 */
const sent = (path: string): Fields =>
  Object.fromEntries(
    allowed
      .filter(({ path: of }) => path === of || of === '/' || path.startsWith(`${of}/`))
      .map(({ name, value }) => [name, { value }]),
  );

const check = cookieCheck({ keyPairId: key.key_pair_id, publicKey: key.public_key }, () => UNTIL.getTime() - 1);
const ask = (cookies: Fields, target: string, by = check) => {
  try {
    by(cookies, key.address + target);
    return 'allowed';
  } catch (error) {
    return (error as { status: number; message: string }).message;
  }
};

it('allows each file of the video, with any query', () => {
  for (const file of publicKeys(ID)) {
    expect(ask(sent(`/${file}`), `/${file}`)).toBe('allowed');
    expect(ask(sent(`/${file}`), `/${file}?v=%22etag%22`)).toBe('allowed');
  }
});

it('allows no file of another video, and none by a query that names this one', () => {
  for (const file of publicKeys(ID)) {
    const other = file.replace(ID, OTHER);
    for (const target of [`/${other}`, `/${other}?/${file}`, `/${other}?${key.address}/${file}`, `/x/${file}`]) {
      expect(ask(sent(`/${file}`), target)).toMatch(/not for this address/);
    }
  }
});

it('allows nothing without cookies, with changed ones, or with somebody else’s key', () => {
  const path = `/processed_videos/${ID}`;
  const good = sent(path);
  const value = (name: string) => good[name]?.value ?? '';
  expect(ask({}, path)).toMatch(/no cookie/);
  expect(ask({ ...good, 'CloudFront-Key-Pair-Id': { value: 'K2' } }, path)).toMatch(/no cookie/);
  for (const name of ['CloudFront-Policy', 'CloudFront-Signature']) {
    expect(ask({ ...good, [name]: { value: '' } }, path)).toMatch(/denied/);
    const [first, ...rest] = value(name);
    const changed = [first === 'A' ? 'B' : 'A', ...rest].join('');
    expect(ask({ ...good, [name]: { value: changed } }, path)).toMatch(/denied/);
  }
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const strangers = cookieCheck({ keyPairId: key.key_pair_id, publicKey: foreign }, () => 0);
  expect(ask(good, path, strangers)).toMatch(/denied/);
});

it('allows it for a while', () => {
  const path = `/metadata/${ID}.json`;
  const late = cookieCheck({ keyPairId: key.key_pair_id, publicKey: key.public_key }, () => UNTIL.getTime());
  expect(ask(sent(path), path, late)).toMatch(/too old/);
});
