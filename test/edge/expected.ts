import { type Behavior, ROUTES, responseHeaders } from '../../infra/routes.ts';
import type { Reply } from './ask.ts';
import type { EdgeCase } from './cases.ts';

/** Different in every answer, or of one connection. */
const VOLATILE =
  /^(date|connection|keep-alive|transfer-encoding|x-amz-request-id|x-amz-id-2|x-amzn-requestid|apigw-requestid)$/;

const REQUEST_IDS = /<(RequestId|HostId)>[^<]*/g;

/** The parts of a reply that two answers to the same question share. */
export function lasting({ status, headers, body }: Reply): Reply {
  const kept = Object.entries(headers).filter(([name]) => !VOLATILE.test(name));
  return { status, headers: Object.fromEntries(kept), body: body.replace(REQUEST_IDS, '<$1>') };
}

/** What the edge has to answer, given what the origin answered: the same, and what the route's policy adds. */
export function expectedReply(raw: Reply, { path, headers }: EdgeCase, allowedOrigins: string[]): Reply {
  const route = routeFor(path);
  const { security, cors } = responseHeaders(allowedOrigins)[route.respond];
  const added: Record<string, string> = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': security.referrerPolicy.value,
    'x-frame-options': security.frameOptions.value,
    'strict-transport-security': `max-age=${security.strictTransportSecurity.maxAge}`,
  };
  if (cors && headers?.origin) {
    added['access-control-allow-origin'] = '*';
    added['access-control-expose-headers'] = cors.exposeHeaders.join(', ');
  }
  const { status, headers: kept, body } = lasting(raw);
  return { status, body, headers: { ...kept, ...added } };
}

/** By the part before the star, which is all that our patterns need. */
export function routeFor(path: string): Behavior {
  const plain = path.split('?')[0] ?? '';
  const found = ROUTES.find(({ path: pattern }) => {
    return pattern.endsWith('*') ? plain.startsWith(pattern.slice(0, -1)) : plain === pattern;
  });
  if (!found) throw new Error(`no route for ${path}`);
  return found;
}
