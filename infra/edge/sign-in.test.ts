import { describe, expect, it } from 'vitest';
import { type GeneratedResponse, loadViewerFunction, viewerRequest } from '../../local/edge/viewer-function.ts';
import { OPEN_CALLS } from '../routes.ts';
import { forSignIn } from './for-sign-in.ts';

/* What the function at the edge says of tokens, where people sign in. It verifies none: the gateway does. */

const file = new URL('viewer-request.js', import.meta.url);
const trusted = { issuer: 'https://issuer.example/pool', audience: 'page' };
const run = loadViewerFunction(file, (source) => forSignIn(source, trusted));
const open = loadViewerFunction(file);

const later = Math.floor(Date.now() / 1000) + 60;
const good = { iss: trusted.issuer, aud: 'page', sub: 'Änn ⚡', exp: later };
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims: unknown) => `${base64({ alg: 'RS256' })}.${base64(claims)}.c2lnbmF0dXJl`;

function ask(authorization: string | undefined, path = '/videos', method = 'GET', by = run) {
  const headers = authorization === undefined ? [] : ['Authorization', authorization];
  return by(viewerRequest(method, path, headers), '192.0.2.1');
}

function codeOf(answer: ReturnType<typeof ask>): string {
  if (!('statusCode' in answer)) return 'passed on';
  const { statusCode, headers, body } = answer as GeneratedResponse & { body: { data: string } };
  expect(statusCode).toBe(401);
  expect(headers?.['content-type']?.value).toBe('application/problem+json');
  expect(headers?.['www-authenticate']?.value).toBe('Bearer');
  const problem = JSON.parse(body.data);
  expect(problem).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401 });
  return problem.code;
}

describe('a call', () => {
  it.each([
    good,
    { ...good, aud: ['other', 'page'] },
    { ...good, aud: undefined, client_id: 'page' },
    { ...good, exp: later + 0.5 },
  ])('with a token that looks good is passed on as it came: %j', (claims) => {
    const request = viewerRequest('GET', '/videos?q=x', ['Authorization', `Bearer ${token(claims)}`]);
    expect(run(request, '192.0.2.1')).toEqual(request);
    expect(codeOf(ask(`bearer  ${token(claims)}`))).toBe('passed on');
  });

  it.each([
    [undefined, 'not_signed_in'],
    ['', 'not_signed_in'],
    ['Basic dXNlcjpwYXNz', 'not_signed_in'],
    ['Bearer', 'not_signed_in'],
    ['Bearer a b', 'not_signed_in'],
    ['Bearer abc', 'bad_token'],
    ['Bearer a.b.c', 'bad_token'],
    ['Bearer a.é.c', 'bad_token'],
    [`Bearer a.${base64(null)}.c`, 'bad_token'],
    [`Bearer ${token({ ...good, exp: later - 120 })}`, 'token_expired'],
    [`Bearer ${token({ ...good, exp: undefined })}`, 'token_expired'],
    [`Bearer ${token({ ...good, exp: 'soon' })}`, 'token_expired'],
    [`Bearer ${token({ ...good, iss: 'https://issuer.example/' })}`, 'foreign_token'],
    [`Bearer ${token({ ...good, aud: 'other' })}`, 'foreign_token'],
    [`Bearer ${token({ ...good, aud: 'other', client_id: 'page' })}`, 'foreign_token'],
    [`Bearer ${token({ ...good, aud: undefined })}`, 'foreign_token'],
  ])('with %s is told why not: %s', (authorization, code) => {
    expect(codeOf(ask(authorization))).toBe(code);
    for (const path of ['/upload', '/ws-tickets', '/healthz/', '/internal/video-enhancement-status/x']) {
      expect(codeOf(ask(authorization, path, 'POST'))).toBe(code);
    }
  });

  it('needs no token for what is the same for everybody', () => {
    for (const path of [...OPEN_CALLS, '/']) expect(codeOf(ask(undefined, path))).toBe('passed on');
    expect(codeOf(ask(undefined, '/videos', 'OPTIONS'))).toBe('passed on');
  });

  it('needs none to connect: a ticket is for the gateway to look at', () => {
    expect(ask(undefined, '/ws/alice?ticket=t')).toMatchObject({ uri: '/', querystring: { ticket: { value: 't' } } });
  });

  it('needs none at all where nobody signs in', () => {
    expect(codeOf(ask(undefined, '/videos', 'GET', open))).toBe('passed on');
  });
});

describe('the source', () => {
  it('is told whose tokens count, whatever they are called', () => {
    const odd = { issuer: "https://issuer.example/$&'", audience: '"$1' };
    const told = forSignIn("const SIGN_IN = null;\nconst OTHER = 'x';", odd);
    expect(told).toBe(`const SIGN_IN = ${JSON.stringify(odd)};\nconst OTHER = 'x';`);
  });

  it('must have the line that is replaced', () => {
    expect(() => forSignIn('', trusted)).toThrow(/SIGN_IN/);
  });
});
