/** Whose tokens count. */
export interface TrustedIssuer {
  issuer: string;
  /** What tokens have in `aud` or `client_id`. */
  audience: string;
}

const NOBODY = 'const SIGN_IN = null;';

/** The source of the function at the edge, told whose tokens count; as it is where nobody signs in. */
export function forSignIn(source: string, signIn: TrustedIssuer | undefined): string {
  if (!source.includes(NOBODY)) throw new Error(`The function at the edge lacks the line ${NOBODY}`);
  if (!signIn) return source;
  const { issuer, audience } = signIn;
  return source.replace(NOBODY, () => `const SIGN_IN = ${JSON.stringify({ issuer, audience })};`);
}
