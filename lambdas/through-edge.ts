import { createHash, timingSafeEqual } from 'node:crypto';

/** What the distribution adds to each request; infra/origins.ts has the same name, which a test holds. */
const HEADER = 'x-reelight-edge';

type Headers = Record<string, string | undefined> | null | undefined;

/**
 * Whether a request came by the distribution, and so past the firewall: the APIs have addresses of their own, that anybody
 * can find. True where there is no distribution, as on one machine.
 *
 * @param secret what it adds; stacks put it into the environment
 */
export function cameThroughEdge(headers: Headers, secret: string | undefined = process.env.ORIGIN_SECRET): boolean {
  if (!secret) return true;
  const [, given = ''] = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === HEADER) ?? [];
  // Of equal length, whatever was given, and compared in the same time.
  return timingSafeEqual(digest(given), digest(secret));
}

const digest = (text: string) => createHash('sha256').update(text).digest();

const REFUSAL = {
  statusCode: 403,
  headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  body: JSON.stringify({
    type: 'about:blank',
    title: 'Forbidden',
    status: 403,
    detail: 'This address is not for calling: use the one that the deployment gives out.',
    code: 'not_through_edge',
  }),
};

/** A handler of HTTP requests that answers 403 to those that came another way. */
export function throughEdge<Event extends { headers: Headers }, Rest extends unknown[], Answer>(
  handler: (event: Event, ...rest: Rest) => Promise<Answer>,
): (event: Event, ...rest: Rest) => Promise<Answer | typeof REFUSAL> {
  return async (event, ...rest) => (cameThroughEdge(event.headers) ? handler(event, ...rest) : REFUSAL);
}
