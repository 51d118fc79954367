import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { createS3Client } from '../../adapters/s3/client.ts';
import { silentLog } from '../../core/log.ts';
import { createEdge, type Edge } from '../../local/edge/edge.ts';
import { bucketOrigin, customOrigin } from '../../local/edge/origins.ts';
import { ask, type Question } from '../edge/ask.ts';
import { DOCUMENT, EDGE_CASES, POSTER, SCRIPT, SOCKET_CASES, SOURCE, VIDEO, VIDEO_ETAG } from '../edge/cases.ts';
import { type EmulatedCloudFront, startCloudFront } from '../edge/emulated-cloudfront.ts';
import { expectedReply, lasting } from '../edge/expected.ts';
import { signedForS3 } from '../edge/sigv4.ts';
import { talkTo } from '../talk.ts';

/*
 * The edge before the real origins, under its own role: what comes out is what the origins answer when they are asked
 * directly, and what the route table adds.
 */

const outputs = inject('outputs');
const emulator = process.env.AWS_ENDPOINT_URL ?? '';
const root = { accessKeyId: 'test', secretAccessKey: 'test' };
const rootS3 = new S3Client({ region: 'us-east-1', credentials: root, forcePathStyle: true });
const buckets = { files: outputs.FilesBucket, site: outputs.SiteBucket };
const objects = [
  { Bucket: buckets.files, ...VIDEO },
  { Bucket: buckets.files, ...DOCUMENT },
  { Bucket: buckets.files, ...SOURCE },
  { Bucket: buckets.files, ...POSTER },
  { Bucket: buckets.site, ...SCRIPT },
];

/** Where people sign in, the API behind this edge asks for a token, too. */
const token = process.env.REELIGHT_TOKEN;
const bearer: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};

let edge: Edge;
let base: string;

beforeAll(async () => {
  for (const { Bucket, key, body, type } of objects) {
    const cache = { CacheControl: 'public, max-age=60' };
    await rootS3.send(new PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: type, ...cache }));
  }
  const sts = new STSClient({ region: 'us-east-1', credentials: root });
  const session = await sts.send(new AssumeRoleCommand({ RoleArn: outputs.EdgeRoleArn, RoleSessionName: 'edge-test' }));
  const s3 = createS3Client({
    region: 'us-east-1',
    credentials: {
      accessKeyId: session.Credentials?.AccessKeyId ?? '',
      secretAccessKey: session.Credentials?.SecretAccessKey ?? '',
      sessionToken: session.Credentials?.SessionToken ?? '',
    },
  });
  edge = createEdge({
    origins: {
      api: customOrigin(outputs.ApiUrl),
      socket: customOrigin(outputs.SocketUrl),
      files: bucketOrigin(s3, buckets.files),
      site: bucketOrigin(s3, buckets.site),
    },
    allowedOrigins: ['*'],
    log: silentLog,
  });
  edge.server.listen(0, '127.0.0.1');
  await once(edge.server, 'listening');
  base = `http://127.0.0.1:${(edge.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await edge.close(0);
  for (const { Bucket, key } of objects) await rootS3.send(new DeleteObjectCommand({ Bucket, Key: key }));
});

/** What the origin itself answers to it. */
function askOrigin(origin: 'api' | 'files' | 'site', question: Question) {
  if (origin === 'api') {
    const { origin: server, pathname } = new URL(outputs.ApiUrl);
    return ask(server, { ...question, path: pathname + question.path, headers: { ...question.headers, ...bearer } });
  }
  const path = `/${buckets[origin]}${question.path}`;
  const signature = signedForS3(question.method ?? 'GET', new URL(emulator).host, path, root);
  return ask(emulator, { ...question, path, headers: { ...question.headers, ...signature } });
}

describe('through the edge', () => {
  it.each(EDGE_CASES)('$name: $status', async (asked) => {
    const got = await ask(base, { ...asked, headers: { ...asked.headers, ...bearer } });
    expect(got.status).toBe(asked.status);
    if (!asked.from) return;
    const { origin, ...differently } = asked.from;
    const raw = await askOrigin(origin, { ...asked, ...differently });
    expect(lasting(got)).toEqual(expectedReply(raw, asked, ['*']));
  });

  it('has what a player needs', async () => {
    const { headers } = await ask(base, { path: `/${VIDEO.key}`, headers: { range: 'bytes=0-3' } });
    expect(headers).toMatchObject({
      'accept-ranges': 'bytes',
      'content-range': `bytes 0-3/${VIDEO.body.length}`,
      'content-type': VIDEO.type,
      'cache-control': 'public, max-age=60',
      'last-modified': expect.stringContaining('GMT'),
      etag: VIDEO_ETAG,
    });
  });

  it('says problem+json where S3 says XML', async () => {
    const { headers } = await ask(base, { path: '/processed_videos/0b0f2d3c-7c1f-4a43-9f0c-1f7a2f0e9f10' });
    expect(headers['content-type']).toContain('application/problem+json');
  });

  it('lets other sites ask first', async () => {
    const headers = {
      origin: 'https://viewer.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'range',
    };
    const { status, headers: got } = await ask(base, { method: 'OPTIONS', path: `/${VIDEO.key}`, headers });
    expect(status).toBeLessThan(300);
    expect(got).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': expect.stringContaining('range'),
    });
  });

  it('speaks WebSocket both ways, and ends with either side', async () => {
    const ticket = await talkTo(inject('base')).ticket();
    const socket = new WebSocket(`${base.replace('http', 'ws')}/ws/edge-test-${process.pid}?ticket=${ticket ?? ''}`);
    await once(socket, 'open');
    socket.send('{"action":"ping"}');
    expect(String((await once(socket, 'message'))[0])).toMatch(/\S/);
    socket.close();
    await once(socket, 'close');
    const left = () => new Promise((resolve) => edge.server.getConnections((_error, count) => resolve(count)));
    await expect.poll(left).toBe(0);
  });

  it.each(['/ws/', '/ws/a%20b', '/ws/a/b', `/ws/${'a'.repeat(129)}`])('refuses %s when it connects', async (path) => {
    const socket = new WebSocket(base.replace('http', 'ws') + path);
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    response.resume();
  });
});

describe('the function, in the emulated CloudFront', () => {
  let cloudFront: EmulatedCloudFront;
  beforeAll(async () => {
    cloudFront = await startCloudFront(emulator, new URL('../../infra/edge/viewer-request.js', import.meta.url));
  });
  afterAll(() => cloudFront.close());

  it.each(EDGE_CASES.filter(({ decided }) => decided))('decides on $name', async ({ decided, ...question }) => {
    const { status, body } = await cloudFront.ask(question);
    if (decided && 'code' in decided) {
      expect({ status, code: JSON.parse(body).code }).toEqual(decided);
    } else {
      const [uri = '', query = ''] = body.split('?');
      expect({ uri, query }).toEqual(decided);
    }
  });

  it.each(SOCKET_CASES)('sends $name to the socket API', async ({ path, query }) => {
    const [uri, asked = ''] = (await cloudFront.ask({ path })).body.split('?');
    expect(uri).toBe('/');
    expect(new Map(new URLSearchParams(asked))).toEqual(new Map(new URLSearchParams(query)));
  });
});
