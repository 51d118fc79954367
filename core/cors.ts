/**
 * What pages of other origins may send to the HTTP API and read of its answers; which origins is a setting. API
 * Gateway answers preflights by it, and the API's own answers agree with it wherever the API runs without a gateway.
 */
export const CORS = {
  methods: ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'],
  requestHeaders: ['authorization', 'content-type', 'idempotency-key', 'range', 'if-none-match', 'traceparent'],
  responseHeaders: ['content-range', 'accept-ranges', 'etag', 'content-length', 'last-modified', 'retry-after'],
  maxAgeSeconds: 600,
} as const;
