import type { IncomingMessage } from 'node:http';
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { exchange, type OriginRequest, RESPONSE_TIMEOUT_MS, type Server, serverOf } from './exchange.ts';

/** Where requests end up. @throws OriginTimeout, or the connection's error */
export interface Origin {
  send(request: OriginRequest): Promise<IncomingMessage>;
}

/** A server addressed as it is, such as an API. */
export interface CustomOrigin extends Origin {
  server: Server;
  timeoutMs: number;
  /** Path and query at the server. */
  target(path: string, query: string): string;
}

/** @param base an address whose path, such as a stage, goes before every path */
export function customOrigin(base: string, timeoutMs = RESPONSE_TIMEOUT_MS): CustomOrigin {
  const url = new URL(base);
  const server = serverOf(url);
  const prefix = url.pathname.replace(/\/$/, '');
  const target = (path: string, query: string) => `${prefix}${path}${query && `?${query}`}`;
  return {
    server,
    timeoutMs,
    target,
    send: (request) => exchange(server, target(request.path, request.query), request, timeoutMs),
  };
}

/** A signature is used at once. */
const SIGNATURE_SECONDS = 60;

/**
 * A bucket, read under the client's credentials: what origin access control is to CloudFront. The path is the key.
 */
export function bucketOrigin(client: S3Client, bucket: string, timeoutMs = RESPONSE_TIMEOUT_MS): Origin {
  return {
    async send(request) {
      const url = await sign(request.method, keyOf(request.path));
      const at = url.indexOf('/', url.indexOf('//') + 2);
      // Not taken from a URL object, which would rewrite some keys' paths after they were signed.
      const [server, target] = [serverOf(new URL(url)), url.slice(at)];
      const conditional = onlyIfUnchanged(request);
      const answer = await exchange(server, target, conditional, timeoutMs);
      if (conditional === request || answer.statusCode !== 412) return answer;
      answer.resume();
      return exchange(server, target, whole(request), timeoutMs);
    },
  };

  async function sign(method: string, key: string): Promise<string> {
    const input = { Bucket: bucket, Key: key };
    const command = method === 'HEAD' ? new HeadObjectCommand(input) : new GetObjectCommand(input);
    const url = await getSignedUrl(client, command, { expiresIn: SIGNATURE_SECONDS });
    // Preflights carry no signature.
    return method === 'OPTIONS' ? url.slice(0, url.indexOf('?')) : url;
  }
}

/** @throws BadKey when the path's escapes make no text */
function keyOf(path: string): string {
  try {
    return decodeURIComponent(path.slice(1));
  } catch (cause) {
    throw new BadKey('the path is badly encoded', { cause });
  }
}

/** The viewer's fault. */
export class BadKey extends Error {
  override readonly name = 'BadKey';
}

/**
 * `If-Range` means: the range if the file is still the same, else the whole. Not every S3 knows it, but each knows the
 * condition that it is made of. RFC 9110, 13.1.5.
 */
function onlyIfUnchanged(request: OriginRequest): OriginRequest {
  const { range, 'if-range': ifRange, 'if-match': ifMatch } = request.headers;
  if (!range || !ifRange || ifMatch) return request;
  // A date or a weak tag proves too little to put pieces together.
  if (!ifRange[0]?.startsWith('"')) return whole(request);
  const { 'if-range': _, ...headers } = request.headers;
  return { ...request, headers: { ...headers, 'if-match': ifRange } };
}

function whole(request: OriginRequest): OriginRequest {
  const { range: _range, 'if-range': _ifRange, ...headers } = request.headers;
  return { ...request, headers };
}
