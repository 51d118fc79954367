import { CORS } from '../core/cors.ts';

/**
 * What is behind which path: the one table that CloudFront and the edge of one machine both follow. The words are
 * CloudFront's: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
 */
export interface Behavior {
  /** CloudFront's path pattern: `*` is any text, `?` any character. The first that matches wins; the last is `*`. */
  path: string;
  origin: OriginName;
  /**
   * The origin group's second member: asked, for GET, HEAD and OPTIONS, when the first answers one of these. S3 refuses
   * in XML, and with 403 for what is not there, since nobody may list; the API says it as the rest of our errors are said.
   */
  fallback?: { origin: OriginName; on: readonly number[] };
  methods: readonly Method[];
  /** Only for viewers with signed cookies, where people sign in. */
  restricted?: true;
  /** The file in `edge/`, without `.js`, that sees each request first. */
  viewerRequest?: 'viewer-request';
  cache: CachePolicy;
  forward: OriginRequestPolicy;
  respond: 'plain' | 'shared';
}

/**
 * - `api`: the HTTP API
 * - `socket`: the WebSocket API; the origin's path is its stage
 * - `files`: the bucket of what we made of videos, where the public path is the key
 * - `site`: the bucket of static pages and scripts, likewise
 */
export type OriginName = 'api' | 'socket' | 'files' | 'site';
export type Method = 'GET' | 'HEAD' | 'OPTIONS' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';

/** CloudFront allows one of three sets of methods. */
const READ = ['GET', 'HEAD'] as const satisfies Method[];
const READ_CROSS_ORIGIN = [...READ, 'OPTIONS'] as const satisfies Method[];
const ALL = [...READ_CROSS_ORIGIN, 'PUT', 'PATCH', 'POST', 'DELETE'] as const satisfies Method[];

/** How long answers are kept, in seconds. The key is the path alone: no query string, header or cookie is part of it. */
export interface CachePolicy {
  name: string;
  /**
   * Whether text is sent compressed to those who take it: in AWS, where the kind of compression joins the key. One
   * machine has no way to go, and sends it as it is.
   */
  compress: boolean;
  minTtl: number;
  /** For answers without Cache-Control. */
  defaultTtl: number;
  maxTtl: number;
}

const UNCACHED: CachePolicy = { name: 'uncached', compress: false, minTtl: 0, defaultTtl: 0, maxTtl: 0 };
/** Objects say themselves, in Cache-Control, how long they keep. */
const AS_ORIGIN_SAYS: CachePolicy = {
  name: 'as-origin-says',
  compress: false,
  minTtl: 0,
  defaultTtl: 0,
  maxTtl: 31_536_000,
};
/** The page and its scripts. */
const TEXT_AS_ORIGIN_SAYS: CachePolicy = { ...AS_ORIGIN_SAYS, name: 'text-as-origin-says', compress: true };

/**
 * What of a request reaches the origin beside what always does (see CloudFront's table "HTTP request headers and
 * CloudFront behavior"). Header names are in lower case. The viewer's Host never does.
 */
export interface OriginRequestPolicy {
  name: string;
  headers: 'all-but-host' | readonly string[];
  queryStrings: 'all' | 'none';
  cookies: 'all' | 'none';
}

/** CloudFront's managed `AllViewerExceptHostHeader`: API Gateway knows itself by its own Host. */
const EVERYTHING: OriginRequestPolicy = {
  name: 'everything',
  headers: 'all-but-host',
  queryStrings: 'all',
  cookies: 'all',
};
/** The handshake, and the Origin that `$connect` checks. */
const HANDSHAKE: OriginRequestPolicy = {
  name: 'handshake',
  headers: [
    'sec-websocket-key',
    'sec-websocket-version',
    'sec-websocket-protocol',
    'sec-websocket-extensions',
    'sec-websocket-accept',
    'origin',
  ],
  queryStrings: 'all',
  cookies: 'none',
};
/** What a preflight is about. No query string: to S3 they are commands (`?acl`, `?response-content-type=…`). */
const OBJECT: OriginRequestPolicy = {
  name: 'object',
  headers: ['origin', 'access-control-request-method', 'access-control-request-headers'],
  queryStrings: 'none',
  cookies: 'none',
};

const API = {
  origin: 'api',
  viewerRequest: 'viewer-request',
  methods: ALL,
  cache: UNCACHED,
  forward: EVERYTHING,
  respond: 'plain',
} as const satisfies Omit<Behavior, 'path'>;

const OBJECTS = {
  fallback: { origin: 'api', on: [403, 404] },
  cache: AS_ORIGIN_SAYS,
  forward: OBJECT,
} as const;

const FILES = {
  ...OBJECTS,
  origin: 'files',
  restricted: true,
  methods: READ_CROSS_ORIGIN,
  respond: 'shared',
} as const satisfies Omit<Behavior, 'path'>;

const SITE = {
  ...OBJECTS,
  cache: TEXT_AS_ORIGIN_SAYS,
  origin: 'site',
  methods: READ,
  respond: 'plain',
} as const satisfies Omit<Behavior, 'path'>;

export const ROUTES: readonly Behavior[] = [
  {
    path: '/ws/*',
    origin: 'socket',
    methods: READ,
    viewerRequest: 'viewer-request',
    cache: UNCACHED,
    forward: HANDSHAKE,
    respond: 'plain',
  },
  { path: '/processed_videos/*', ...FILES },
  { path: '/source_videos/*', ...FILES },
  { path: '/posters/*', ...FILES },
  { path: '/metadata/*', ...FILES },
  { path: '/docs/assets/*', ...SITE },
  { path: '/assets/*', ...SITE },
  // The page, whose own places are in the fragment.
  { path: '/', ...SITE, viewerRequest: 'viewer-request' },
  // Everything else is the API's: /upload/…, /videos, /internal/…, /healthz, /openapi.json, /docs, /redoc, and what is not.
  { path: '*', ...API },
];

/** What of the API everybody may call, where people sign in. The function at the edge has the same list, which a test holds. */
export const OPEN_CALLS = ['/healthz', '/openapi.json', '/docs', '/redoc'] as const;

/** All paths, as API Gateway writes them, that the API answers without a token: nothing of anybody is behind them. */
export const OPEN_PATHS: readonly string[] = [
  ...OPEN_CALLS,
  // Where a bucket has nothing, which the API says in words.
  ...ROUTES.filter(({ fallback }) => fallback?.origin === 'api').map(({ path }) => path.replace(/\*$/, '{proxy+}')),
  '/index.html',
];

/** Headers that are added to what an origin answered (not to what a function answers). `override`: even if it set them. */
export interface ResponseHeadersPolicy {
  cors?: CorsPolicy;
  security: {
    contentTypeOptions: { override: boolean };
    referrerPolicy: { value: 'strict-origin-when-cross-origin'; override: boolean };
    frameOptions: { value: 'DENY' | 'SAMEORIGIN'; override: boolean };
    strictTransportSecurity: { maxAge: number; override: boolean };
  };
}

/** Added to answers to cross-origin requests only. The last three are for preflights. */
export interface CorsPolicy {
  allowOrigins: readonly string[];
  exposeHeaders: readonly string[];
  override: boolean;
  allowMethods: readonly Method[];
  allowHeaders: readonly string[];
  /** Seconds. */
  maxAge: number;
}

/**
 * `plain` for what answers CORS itself or needs none, `shared` for files that other sites' pages may read.
 *
 * @param allowedOrigins the one setting for CORS and WebSockets: origins, or `*`
 */
export function responseHeaders(allowedOrigins: readonly string[]): Record<Behavior['respond'], ResponseHeadersPolicy> {
  const security = {
    contentTypeOptions: { override: true },
    referrerPolicy: { value: 'strict-origin-when-cross-origin', override: false },
    frameOptions: { value: 'DENY', override: false },
    strictTransportSecurity: { maxAge: 31_536_000, override: false },
  } as const;
  const cors = {
    allowOrigins: allowedOrigins.includes('*') ? ['*'] : allowedOrigins,
    exposeHeaders: CORS.responseHeaders,
    override: true,
    allowMethods: READ_CROSS_ORIGIN,
    allowHeaders: ['range', 'if-range', 'if-none-match', 'if-modified-since'],
    maxAge: CORS.maxAgeSeconds,
  } as const;
  return { plain: { security }, shared: { security, cors } };
}
