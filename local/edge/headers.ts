import type { CorsPolicy, OriginRequestPolicy, ResponseHeadersPolicy } from '../../infra/routes.ts';
import { connectionTokens, joined, pairs, type ViewerRequest, valuesOf } from './viewer-function.ts';

export type Headers = Record<string, string[]>;

/** Of one connection, never passed on. RFC 9110, 7.6.1, and what CloudFront removes beside. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-proto',
  'x-real-ip',
]);

/** Forwarded whatever the policy says, of CloudFront's list those that mean something to our origins. */
const ALWAYS_FORWARDED = new Set([
  'cache-control',
  'content-length',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
]);

/** The headers an origin gets: what the policy lets through of the viewer's, and what an edge adds. */
export function originHeaders(request: ViewerRequest, policy: OriginRequestPolicy, viewerIp: string): Headers {
  const headers: Headers = Object.assign(Object.create(null), { 'user-agent': ['Amazon CloudFront'] });
  for (const [name, field] of Object.entries(request.headers)) {
    const wanted = policy.headers === 'all-but-host' ? name !== 'host' : policy.headers.includes(name);
    if ((wanted || ALWAYS_FORWARDED.has(name)) && !HOP_BY_HOP.has(name)) headers[name] = valuesOf(field);
  }
  if (headers.range && !isOneRange(headers.range)) delete headers.range;
  const cookies = joined(request.cookies, '; ');
  if (policy.cookies === 'all' && cookies) headers.cookie = [cookies];
  const forwardedFor = request.headers['x-forwarded-for'];
  headers['x-forwarded-for'] = [[...(forwardedFor ? valuesOf(forwardedFor) : []), viewerIp].join(', ')];
  headers.via = [...(request.headers.via ? valuesOf(request.headers.via) : []), '1.1 reelight-edge'];
  return headers;
}

/**
 * CloudFront ignores a Range that is not well-formed, and S3 one that asks for several: both then answer with the whole.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RangeGETs.html
 */
function isOneRange(values: string[]): boolean {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(values.join()) ?? [];
  if (!first) return last !== '';
  return last === '' || Number(first) <= Number(last);
}

/** The headers a viewer gets: the origin's without those of its connection, and what the policy adds. */
export function viewerHeaders(
  rawHeaders: readonly string[],
  policy: ResponseHeadersPolicy,
  viewer: { method: string; origin: string | undefined; cookies: OriginRequestPolicy['cookies'] },
): Headers {
  // Without a prototype, as senders choose the names.
  const headers: Headers = Object.create(null);
  for (const [name, value] of pairs(rawHeaders)) {
    const key = name.toLowerCase();
    if (!HOP_BY_HOP.has(key)) headers[key] = [...(headers[key] ?? []), value];
  }
  for (const name of connectionTokens(rawHeaders)) delete headers[name];
  if (viewer.cookies === 'none') delete headers['set-cookie'];
  if (policy.cors && viewer.origin !== undefined) addCors(headers, policy.cors, viewer.origin, viewer.method);
  addSecurity(headers, policy.security);
  return headers;
}

function addCors(headers: Headers, cors: CorsPolicy, origin: string, method: string): void {
  const anyone = cors.allowOrigins.includes('*');
  if (!anyone && !cors.allowOrigins.includes(origin)) return;
  const set = (name: string, value: string) => {
    if (cors.override || !headers[name]) headers[name] = [value];
  };
  set('access-control-allow-origin', anyone ? '*' : origin);
  set('access-control-expose-headers', cors.exposeHeaders.join(', '));
  if (!anyone && !headers.vary?.join().toLowerCase().includes('origin')) {
    headers.vary = [...(headers.vary ?? []), 'Origin'];
  }
  if (method !== 'OPTIONS') return;
  set('access-control-allow-methods', cors.allowMethods.join(', '));
  set('access-control-allow-headers', cors.allowHeaders.join(', '));
  set('access-control-max-age', String(cors.maxAge));
}

function addSecurity(headers: Headers, security: ResponseHeadersPolicy['security']): void {
  const set = (name: string, value: string, override: boolean) => {
    if (override || !headers[name]) headers[name] = [value];
  };
  const { contentTypeOptions, referrerPolicy, frameOptions, strictTransportSecurity } = security;
  set('x-content-type-options', 'nosniff', contentTypeOptions.override);
  set('referrer-policy', referrerPolicy.value, referrerPolicy.override);
  set('x-frame-options', frameOptions.value, frameOptions.override);
  set('strict-transport-security', `max-age=${strictTransportSecurity.maxAge}`, strictTransportSecurity.override);
}
