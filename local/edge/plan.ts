import type { IncomingMessage } from 'node:http';
import { type Behavior, ROUTES } from '../../infra/routes.ts';
import { type Headers, originHeaders } from './headers.ts';
import { climbs, match } from './match.ts';
import { EdgeRefusal } from './refusals.ts';
import {
  type Fields,
  type GeneratedResponse,
  joined,
  splitTarget,
  type ViewerFunction,
  type ViewerRequest,
  viewerRequest,
} from './viewer-function.ts';

/** CloudFront's limits. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MAX_URL = 8_192;
export const MAX_REQUEST_HEAD = 32_768;

export type ViewerFunctions = Record<NonNullable<Behavior['viewerRequest']>, ViewerFunction>;

/** Refuses who may not have what is at an address. @throws EdgeRefusal 403 */
export type ViewerCheck = (cookies: Fields, address: string) => void;

/** What an origin is to be asked. */
export interface OriginPlan {
  behavior: Behavior;
  path: string;
  query: string;
  headers: Headers;
}

/**
 * Which behavior a request falls under, and what its origin is to be asked; or what a function answered.
 *
 * @param restrict without one, everybody may have what is restricted
 * @throws EdgeRefusal for what gets no further than the edge
 */
export function plan(
  request: IncomingMessage,
  functions: ViewerFunctions,
  restrict?: ViewerCheck,
): OriginPlan | { answer: GeneratedResponse } {
  const { method = '', url = '', rawHeaders } = request;
  // A proxy's forms (`GET http://elsewhere/`, `OPTIONS *`) are none of ours.
  if (!url.startsWith('/')) throw new EdgeRefusal(400, 'Bad request: the target must be a path.');
  if (url.length > MAX_URL) throw new EdgeRefusal(413, `Request too large: a URL has at most ${MAX_URL} characters.`);
  const { path, query } = splitTarget(url);
  if (climbs(path)) throw new EdgeRefusal(400, 'Bad request: the path has dot segments.');
  const behavior = match(ROUTES, path);
  if (!behavior.methods.some((allowed) => allowed === method)) {
    throw new EdgeRefusal(403, `This address takes ${behavior.methods.join(', ')}.`);
  }
  if (hasBody(request) && !TAKES_BODY.has(method)) {
    throw new EdgeRefusal(403, `Bad request: ${method} takes no body.`);
  }
  const viewerIp = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  const asked = viewerRequest(method, url, rawHeaders);
  // An address of this machine has no certificate.
  if (behavior.restricted) restrict?.(asked.cookies, `http://${request.headers.host}${url}`);
  const decided = behavior.viewerRequest ? call(functions[behavior.viewerRequest], asked, viewerIp) : asked;
  if ('statusCode' in decided) return { answer: decided };
  return {
    behavior,
    path: decided.uri,
    query: behavior.forward.queryStrings === 'none' ? '' : queryOf(decided, asked, query),
    headers: originHeaders(decided, behavior.forward, viewerIp),
  };
}

const TAKES_BODY = new Set(['PUT', 'PATCH', 'POST', 'DELETE']);

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function call(run: ViewerFunction, request: ViewerRequest, viewerIp: string): ViewerRequest | GeneratedResponse {
  try {
    return run(request, viewerIp);
  } catch (cause) {
    throw new EdgeRefusal(503, 'The function at the edge failed.', { cause });
  }
}

/** The viewer's own spelling, unless a function changed something. */
function queryOf(decided: ViewerRequest, asked: ViewerRequest, query: string): string {
  const untouched = JSON.stringify(decided.querystring) === JSON.stringify(asked.querystring);
  return untouched ? query : joined(decided.querystring, '&');
}
