import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { SigningKeyVersions } from '../adapters/secretsmanager/signing-key.ts';
import { TransientError } from '../core/errors.ts';

/**
 * The key pair of this generation, of which the private half never leaves the secret. Asked twice, it is the same: a
 * deployment may repeat itself.
 *
 * @returns the public half, in PEM
 */
export async function makeKeyPair(versions: SigningKeyVersions, generation: string): Promise<string> {
  const proposed = await versions.proposed();
  if (proposed?.generation === generation) return publicHalf(proposed.private_key);
  // What CloudFront takes: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await versions.propose({ generation, private_key });
  return publicHalf(private_key);
}

/**
 * The key pair that was made signs from now on, for files at this address.
 *
 * @throws TransientError `no_key_pair` when it was not made
 */
export async function useKeyPair(
  versions: SigningKeyVersions,
  generation: string,
  key: { key_pair_id: string; address: string },
): Promise<void> {
  const proposed = await versions.proposed();
  if (proposed?.generation !== generation) {
    throw new TransientError('no_key_pair', `There is no key pair of generation ${generation}.`);
  }
  await versions.use({ ...key, private_key: proposed.private_key });
}

const publicHalf = (privateKey: string): string =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
