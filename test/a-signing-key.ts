import { generateKeyPairSync } from 'node:crypto';
import type { SigningKey } from '../adapters/cloudfront/file-access.ts';

let made: (SigningKey & { public_key: string }) | undefined;

/** A key pair to sign files out with, the same each time: making one takes a while. */
export function aSigningKey(): SigningKey & { public_key: string } {
  if (made) return made;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  made = { address: 'https://video.example.com', key_pair_id: 'K1', private_key: privateKey, public_key: publicKey };
  return made;
}
