import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { LocalError } from './errors.ts';
import type { Home } from './home.ts';
import { keptOnce } from './kept.ts';
import type { Ports } from './ports.ts';

/** Who signs people in on this machine. */
export interface LocalSignIn {
  issuer: string;
  clientId: string;
  /** Whether it is the issuer of this machine, which runs beside the rest. */
  ours: boolean;
}

/** The page, as the issuer of this machine knows it. */
const CLIENT_ID = 'reelight';

/**
 * `AUTH=oidc` for sign-in, by this machine's own issuer or by the one that OIDC_ISSUER and OIDC_CLIENT_ID name.
 *
 * @throws LocalError `bad_setting`
 */
export function signInFrom(env: NodeJS.ProcessEnv, ports: Ports): LocalSignIn | undefined {
  const { AUTH: auth = 'none', OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = env;
  if (auth !== 'none' && auth !== 'oidc' && auth !== '') {
    throw new LocalError('bad_setting', `AUTH must be none or oidc, not "${auth}".`);
  }
  if (auth !== 'oidc') return undefined;
  if (!issuer !== !clientId) throw new LocalError('bad_setting', 'OIDC_ISSUER and OIDC_CLIENT_ID go together.');
  if (issuer && clientId) return { issuer, clientId, ours: false };
  return { issuer: `http://localhost:${ports.issuer}`, clientId: CLIENT_ID, ours: true };
}

const SigningKey = z.object({ key_pair_id: z.string(), private_key: z.string(), public_key: z.string() });
export type SigningKey = z.infer<typeof SigningKey>;

/** What Secrets Manager calls the key that says who may have which file. */
export const SIGNING_SECRET_NAME = 'reelight/signing-key';

/** This machine's stand-in for the key pair that CloudFront knows in AWS: made once, kept in the home. */
export function signingKey({ signingKey: path }: Home): SigningKey {
  const kept = SigningKey.safeParse(JSON.parse(keptOnce(path, makeKeyPair)));
  if (kept.success) return kept.data;
  throw new LocalError('bad_setting', `${path} is damaged: delete it.`);
}

function makeKeyPair(): string {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return JSON.stringify({ key_pair_id: 'KLOCAL', private_key: privateKey, public_key: publicKey });
}
