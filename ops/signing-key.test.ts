import { createPrivateKey, createPublicKey } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import type { SigningKey } from '../adapters/cloudfront/file-access.ts';
import type { ProposedKey, SigningKeyVersions } from '../adapters/secretsmanager/signing-key.ts';
import { makeKeyPair, useKeyPair } from './signing-key.ts';

let versions: SigningKeyVersions;
let current: SigningKey | undefined;
let proposed: ProposedKey | undefined;
beforeEach(() => {
  current = proposed = undefined;
  versions = {
    proposed: async () => proposed,
    propose: async (key) => {
      proposed = key;
    },
    use: async (key) => {
      current = key;
    },
  };
});

const use = { key_pair_id: 'K1', address: 'https://video.example.com' };
const publicHalf = (pem = '') => createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' });

it('makes one key pair a generation, however often it is asked', async () => {
  const first = await makeKeyPair(versions, '1');
  expect(first).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  expect(await makeKeyPair(versions, '1')).toBe(first);
  expect(await makeKeyPair(versions, '2')).not.toBe(first);
});

it('signs with it only when CloudFront knows it', async () => {
  const made = await makeKeyPair(versions, '1');
  expect(current).toBeUndefined();
  await useKeyPair(versions, '1', use);
  expect(current).toMatchObject(use);
  expect(publicHalf(current?.private_key)).toBe(made);
  const before = current;
  await makeKeyPair(versions, '2');
  expect(current).toEqual(before);
  await useKeyPair(versions, '2', { ...use, key_pair_id: 'K2' });
  expect(current).toMatchObject({ key_pair_id: 'K2' });
});

it('does not sign with what is not there', async () => {
  await expect(useKeyPair(versions, '1', use)).rejects.toMatchObject({ code: 'no_key_pair' });
  await makeKeyPair(versions, '2');
  await expect(useKeyPair(versions, '1', use)).rejects.toMatchObject({ code: 'no_key_pair' });
  expect(current).toBeUndefined();
});
