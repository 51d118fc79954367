import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { loginPage } from './login-page.ts';
import { type Signer, TOKEN_SECONDS } from './tokens.ts';

/** Long enough for a browser to come back with it. */
const CODE_MS = 60_000;
/** What people may be called here. */
const NAME = /^[A-Za-z0-9_.@|-]{1,64}$/;
const COOKIE = 'issuer-name';
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

interface Grant {
  subject: string;
  redirectUri: string;
  challenge: string;
  nonce: string | undefined;
  until: number;
}

/** A request that an issuer refuses, by the codes of RFC 6749, 5.2. */
class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A small issuer of OpenID Connect for this machine: whoever says a name is signed in as that, without a password. It is
 * for tests and for trying sign-in out; it listens on loopback, and sends people back to nowhere else. Codes with PKCE for
 * pages, the password grant (without a password) for command lines.
 */
export function createIssuer(signer: Signer): Server {
  const { issuer, clientId } = signer;
  const grants = new Map<string, Grant>();
  const refreshes = new Map<string, string>();
  return createServer((request, response) => {
    void route(request, response).catch((error) => refuse(response, error));
  });

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer);
    const call = `${request.method} ${url.pathname}`;
    if (request.method === 'OPTIONS') return void response.writeHead(204, CORS).end();
    if (call === 'GET /.well-known/openid-configuration') return json(response, 200, discovery(issuer));
    if (call === 'GET /jwks.json') return json(response, 200, { keys: [signer.publicJwk] });
    if (call === 'GET /authorize') return authorize(url, response, nameIn(request));
    if (call === 'POST /token') return token(new URLSearchParams(await text(request)), response);
    if (call === 'GET /logout') {
      return redirect(response, onLoopback(url.searchParams.get('post_logout_redirect_uri')), '');
    }
    json(response, 404, { error: 'not_found' });
  }

  /** Asks who is there; with a name, or when this browser has said one before, goes back with a code for it. */
  function authorize({ searchParams: asked }: URL, response: ServerResponse, known: string | undefined): void {
    const back = onLoopback(asked.get('redirect_uri'));
    const [challenge, name] = [asked.get('code_challenge'), asked.get('name') ?? known];
    if (asked.get('client_id') !== clientId) throw new Refused('invalid_client', 'There is no such client.');
    if (asked.get('response_type') !== 'code' || asked.get('code_challenge_method') !== 'S256' || !challenge) {
      throw new Refused('invalid_request', 'Only codes with PKCE (S256) are given.');
    }
    if (!name || !NAME.test(name)) {
      return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(loginPage(asked));
    }
    const code = randomBytes(24).toString('base64url');
    const nonce = asked.get('nonce') ?? undefined;
    grants.set(code, { subject: name, redirectUri: back.href, challenge, nonce, until: Date.now() + CODE_MS });
    back.searchParams.set('code', code);
    back.searchParams.set('iss', issuer);
    const state = asked.get('state');
    if (state) back.searchParams.set('state', state);
    redirect(response, back, name);
  }

  async function token(form: URLSearchParams, response: ServerResponse): Promise<void> {
    if (form.get('client_id') !== clientId) throw new Refused('invalid_client', 'There is no such client.');
    const { subject, nonce } = granted(form);
    const refresh = randomBytes(24).toString('base64url');
    refreshes.set(refresh, subject);
    json(response, 200, {
      access_token: await signer.accessToken(subject),
      id_token: await signer.idToken(subject, nonce),
      refresh_token: refresh,
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      scope: 'openid',
    });
  }

  /** Whom a token is for. Codes and refresh tokens are good once. */
  function granted(form: URLSearchParams): { subject: string; nonce?: string | undefined } {
    const field = (name: string) => form.get(name) ?? '';
    switch (form.get('grant_type')) {
      case 'password': {
        if (!NAME.test(field('username'))) throw new Refused('invalid_grant', 'That is no name.');
        return { subject: field('username') };
      }
      case 'refresh_token': {
        const subject = refreshes.get(field('refresh_token'));
        refreshes.delete(field('refresh_token'));
        if (!subject) throw new Refused('invalid_grant', 'That refresh token is not good any more.');
        return { subject };
      }
      case 'authorization_code': {
        const grant = grants.get(field('code'));
        grants.delete(field('code'));
        const challenge = createHash('sha256').update(field('code_verifier')).digest('base64url');
        if (!grant || grant.until < Date.now() || grant.challenge !== challenge) {
          throw new Refused('invalid_grant', 'That code is not good, or its verifier is another.');
        }
        if (grant.redirectUri !== field('redirect_uri')) {
          throw new Refused('invalid_grant', 'The code was given to another address.');
        }
        return grant;
      }
      default:
        throw new Refused('unsupported_grant_type', 'Use authorization_code, refresh_token or password.');
    }
  }
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': 'GET, POST',
};

function discovery(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks.json`,
    end_session_endpoint: `${issuer}/logout`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'password'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['none'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    scopes_supported: ['openid'],
  };
}

/** Nobody is sent to another machine with a code. */
function onLoopback(address: string | null): URL {
  const url = address ? URL.parse(address) : null;
  if (url && LOOPBACK.has(url.hostname)) return url;
  throw new Refused('invalid_request', 'The address to go back to must be on this machine.');
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const headers = { ...CORS, 'content-type': 'application/json', 'cache-control': 'no-store' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

/** @param name is remembered by the browser, until another is said; empty to forget it */
function redirect(response: ServerResponse, to: URL, name: string): void {
  const cookie = `${COOKIE}=${name}; HttpOnly; SameSite=Lax${name ? '' : '; Max-Age=0'}`;
  response.writeHead(302, { location: to.href, 'cache-control': 'no-store', 'set-cookie': cookie }).end();
}

function nameIn({ headers }: IncomingMessage): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(headers.cookie ?? '')?.[1];
}

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof Refused) json(response, 400, { error: error.code, error_description: error.message });
  else json(response, 500, { error: 'server_error' });
}
