import type { Config } from './config.ts';

/** Who signs people in, and for what. */
export interface SignIn {
  issuer: string;
  /** The page, as the issuer knows it. */
  clientId: string;
  /** What tokens have in `aud` or `client_id`. */
  audience: string;
  /** Where the page speaks with the issuer. */
  origins: string[];
}

/** What the settings say: `ours` where they name no issuer, so that a user pool has to be made; undefined for no sign-in. */
export function signInOf(config: Config): SignIn | 'ours' | undefined {
  const { auth, oidcIssuer: issuer, oidcClientId: clientId } = config;
  if (auth === 'none') return undefined;
  if (!issuer || !clientId) return 'ours';
  const audience = (config.target === 'aws' && config.oidcAudience) || clientId;
  return { issuer, clientId, audience, origins: [new URL(issuer).origin] };
}
