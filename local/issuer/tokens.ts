import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, type JWK, SignJWT } from 'jose';
import type { Home } from '../home.ts';
import { keptOnce } from '../kept.ts';

/** How long a token is good, in seconds. */
export const TOKEN_SECONDS = 3600;

export interface Signer {
  issuer: string;
  clientId: string;
  /** The key as others may know it. */
  publicJwk: JWK;
  /** For who has this subject: to be sent with calls. */
  accessToken(subject: string, changes?: TokenChanges): Promise<string>;
  /** Tells the page who signed in. */
  idToken(subject: string, nonce?: string | undefined): Promise<string>;
}

/** What tests make otherwise than it should be. */
export interface TokenChanges {
  audience?: string;
  issuer?: string;
  /** From now; below 0 for one that is over. */
  seconds?: number;
}

/**
 * Signs by RS256. The key is made at the first start and kept in the home: API Gateway, and so the emulator, remembers
 * an issuer's keys for two hours, and would refuse those of a restart.
 */
export async function tokenSigner({ issuerKey }: Home, issuer: string, clientId: string): Promise<Signer> {
  const jwk: JWK = JSON.parse(keptOnce(issuerKey, makeKey));
  const kid = await calculateJwkThumbprint(jwk);
  const { kty, n, e } = jwk;
  const sign = (
    claims: Record<string, unknown>,
    { issuer: iss = issuer, seconds = TOKEN_SECONDS }: TokenChanges = {},
  ) => {
    const now = Math.floor(Date.now() / 1000);
    const token = new SignJWT({ ...claims, iss, iat: now + Math.min(0, seconds), exp: now + seconds });
    return token.setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(jwk);
  };
  return {
    issuer,
    clientId,
    publicJwk: { kty, n, e, kid, alg: 'RS256', use: 'sig' } as JWK,
    accessToken: (sub, changes = {}) =>
      sign(
        { sub, aud: changes.audience ?? clientId, client_id: clientId, scope: 'openid', jti: randomUUID() },
        changes,
      ),
    idToken: (sub, nonce) => sign({ sub, aud: clientId, name: sub, ...(nonce && { nonce }) }),
  };
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), alg: 'RS256' });
}
