import type * as OAuth from 'oauth4webapi';
import { returnTo } from '../route.ts';
import type { SignInSettings } from './settings.ts';

/*
 * Signing in by an authorization code with PKCE. What is kept is kept for this tab alone, and gone when it is closed.
 * https://www.rfc-editor.org/rfc/rfc9700 and https://openid.net/specs/openid-connect-core-1_0.html
 */

export interface Session {
  /** What the issuer calls whoever signed in, and nobody else ever. */
  subject: string;
  /** Whoever signed in, by a name that people know. */
  name: string;
  /** A token that is good for at least another minute; goes back to the issuer where there is none to be had. */
  token(): Promise<string>;
  signOut(): Promise<void>;
}

interface Kept {
  subject: string;
  name: string;
  access: string;
  /** Milliseconds since 1970. */
  until: number;
  refresh: string | undefined;
  id: string | undefined;
}

/** What was begun before leaving for the issuer. */
interface Begun {
  verifier: string;
  state: string;
  nonce: string;
  /** Where in the page one was. */
  hash: string;
}

const SESSION = 'reelight.session';
const BEGUN = 'reelight.sign-in';
const EARLY_MS = 60_000;
/** Where an issuer does not say. */
const USUAL_SECONDS = 300;

/**
 * The session of whoever is here. Where there is none the browser goes to the issuer, and this does not return.
 *
 * @throws what the issuer says against it
 */
export async function openSession(settings: SignInSettings): Promise<Session> {
  const oauth = await import('oauth4webapi');
  const issuer = new URL(settings.issuer);
  // An issuer of one's own machine.
  const options = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:' };
  const page = { client_id: settings.clientId };
  const here = `${location.origin}/`;
  let found: Promise<OAuth.AuthorizationServer> | undefined;
  const server = () => {
    found ??= oauth
      .discoveryRequest(issuer, options)
      .then((response) => oauth.processDiscoveryResponse(issuer, response));
    return found;
  };

  let signedOut = false;
  let kept = read<Kept>(SESSION);
  if (new URLSearchParams(location.search).has('state')) kept = await comeBack();
  if (!kept) return leave();
  let renewing: Promise<Kept> | undefined;
  return { subject: kept.subject, name: kept.name, token, signOut };

  async function token(): Promise<string> {
    const { access, until } = kept ?? (await leave());
    if (until - EARLY_MS > Date.now()) return access;
    // One for all who ask at once: a refresh token may be good for a single use.
    renewing ??= renew().finally(() => {
      renewing = undefined;
    });
    return (await renewing).access;
  }

  async function renew(): Promise<Kept> {
    if (!kept?.refresh) return leave();
    const as = await server();
    const response = await oauth.refreshTokenGrantRequest(as, page, oauth.None(), kept.refresh, options);
    try {
      kept = keep(await oauth.processRefreshTokenResponse(as, page, response), kept);
      return kept;
    } catch (error) {
      if (error instanceof oauth.ResponseBodyError) return leave();
      throw error;
    }
  }

  /** To the issuer, to come back with a code. */
  async function leave(): Promise<never> {
    // Whoever signed out is on their way, and whatever still asks for a token does not bring them back.
    if (signedOut) return new Promise(() => {});
    const { authorization_endpoint } = await server();
    if (!authorization_endpoint) throw new Error('The issuer has no place to sign in.');
    const [verifier, state, nonce] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomState(),
      oauth.generateRandomNonce(),
    ];
    write(BEGUN, { verifier, state, nonce, hash: location.hash } satisfies Begun);
    const to = new URL(authorization_endpoint);
    for (const [name, value] of Object.entries({
      client_id: settings.clientId,
      redirect_uri: here,
      response_type: 'code',
      scope: 'openid email',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...(settings.audience && { audience: settings.audience }),
    })) {
      to.searchParams.set(name, value);
    }
    location.assign(to);
    // Nothing is to happen while the browser is leaving.
    return new Promise(() => {});
  }

  async function comeBack(): Promise<Kept | undefined> {
    const begun = read<Begun>(BEGUN);
    sessionStorage.removeItem(BEGUN);
    const answered = new URL(location.href);
    returnTo(begun?.hash ?? '');
    // Somebody reloaded, or came by a link of another's.
    if (!begun) return read<Kept>(SESSION);
    const as = await server();
    const code = oauth.validateAuthResponse(as, page, answered, begun.state);
    const { verifier, nonce } = begun;
    const response = await oauth.authorizationCodeGrantRequest(as, page, oauth.None(), code, here, verifier, options);
    const granted = await oauth.processAuthorizationCodeResponse(as, page, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    return keep(granted);
  }

  function keep(granted: OAuth.TokenEndpointResponse, before?: Kept): Kept {
    const claims = oauth.getValidatedIdTokenClaims(granted);
    const name = [claims?.email, claims?.name, claims?.sub].find((each) => typeof each === 'string');
    const fresh: Kept = {
      subject: claims?.sub ?? before?.subject ?? '',
      name: typeof name === 'string' ? name : (before?.name ?? ''),
      access: granted.access_token,
      until: Date.now() + (granted.expires_in ?? USUAL_SECONDS) * 1000,
      refresh: granted.refresh_token ?? before?.refresh,
      id: granted.id_token ?? before?.id,
    };
    write(SESSION, fresh);
    return fresh;
  }

  async function signOut(): Promise<void> {
    const id = kept?.id;
    kept = undefined;
    signedOut = true;
    sessionStorage.removeItem(SESSION);
    const { end_session_endpoint } = await server();
    const to = new URL(end_session_endpoint ?? here);
    if (end_session_endpoint) {
      to.searchParams.set('client_id', settings.clientId);
      to.searchParams.set('post_logout_redirect_uri', here);
      // What Cognito calls it.
      to.searchParams.set('logout_uri', here);
      if (id) to.searchParams.set('id_token_hint', id);
    }
    location.assign(to);
  }
}

function read<T>(name: string): T | undefined {
  return JSON.parse(sessionStorage.getItem(name) ?? 'null') ?? undefined;
}

function write(name: string, value: object): void {
  sessionStorage.setItem(name, JSON.stringify(value));
}
