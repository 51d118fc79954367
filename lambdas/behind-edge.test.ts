import { beforeAll, describe, expect, it, vi } from 'vitest';

/* The functions that anybody can find an address of, as they are deployed: with the secret, behind the distribution. */

const SECRET = 's3cret';
const ENVIRONMENT = {
  ...{ ORIGIN_SECRET: SECRET, TABLE_NAME: 'table', UPLOADS_BUCKET: 'uploads', FILES_BUCKET: 'files', SIGN_IN: 'none' },
  ...{
    SOURCE_QUEUE_URL: 'http://127.0.0.1:9/queue',
    SOCKET_ENDPOINT: 'http://127.0.0.1:9',
    ALLOWED_ORIGINS: 'https://a.example,https://b.example',
  },
  ...{ REELIGHT_VERSION: '0', MAX_UPLOAD_BYTES: '1', MAX_UPLOADS_PER_HOUR: '1', MAX_VIDEOS_IN_FLIGHT: '1' },
  ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
};

type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number; body?: string }>;
let api: Handler;
let socket: Handler;
beforeAll(async () => {
  for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  api = ((await import('./api/index.ts')) as { handler: unknown }).handler as Handler;
  socket = ((await import('./socket/index.ts')) as { handler: unknown }).handler as Handler;
});

function get(path: string, headers: Record<string, string>) {
  const http = { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' };
  const requestContext = { http, stage: '$default', domainName: 'api.invalid', requestId: 'id', timeEpoch: 0 };
  const event = { version: '2.0', routeKey: '$default', rawPath: path, rawQueryString: '', headers, requestContext };
  return api({ ...event, isBase64Encoded: false }, {});
}

const connect = (headers: Record<string, string>, queryStringParameters = {}) =>
  socket({ requestContext: { routeKey: '$connect', connectionId: 'c' }, queryStringParameters, headers }, {});

describe('who finds the address of an API', () => {
  it.each([{}, { 'x-reelight-edge': 'guessed' }])('is not answered: %j', async (headers) => {
    const answer = await get('/openapi.json', headers);
    expect(answer.statusCode).toBe(403);
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ code: 'not_through_edge' });
  });

  it.each([{}, { 'x-reelight-edge': 'guessed' }])('is not connected: %j', async (headers) => {
    expect(await connect(headers)).toMatchObject({ statusCode: 403, body: expect.stringContaining('not for calling') });
  });
});

describe('who comes by the distribution', () => {
  const headers = { 'x-reelight-edge': SECRET };

  it('is answered', async () => {
    expect((await get('/openapi.json', headers)).statusCode).toBe(200);
  });

  it('is heard', async () => {
    expect(await connect(headers)).toMatchObject({ statusCode: 400, body: expect.stringContaining('client_id') });
  });

  it.each([
    ['https://evil.example', 403],
    ['https://a.example.evil.example', 403],
    ['null', 403],
    // The next question is whose ticket it has.
    ['https://b.example', 401],
    [undefined, 401],
  ])('is heard from the pages that are allowed, and from what is no page: %s', async (origin, statusCode) => {
    vi.stubEnv('SIGN_IN', 'oidc');
    const from = origin === undefined ? headers : { ...headers, Origin: origin };
    expect(await connect(from, { client_id: 'anna' })).toMatchObject({ statusCode });
  });
});
