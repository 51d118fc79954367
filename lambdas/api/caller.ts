import type { Context } from 'hono';
import { RequestError } from '../../core/errors.ts';
import { Owner } from '../../core/owner.ts';
import { videosOf } from '../../core/videos-of.ts';
import type { ApiPorts } from './app.ts';

/** What the gateway adds to an event once its authorizer has verified a token. */
interface Verified {
  event?: { requestContext?: { authorizer?: { jwt?: { claims?: Record<string, unknown> } } } };
}

/** Who asks, and what the pipeline is to do for them: with their videos, as if there were no others. */
export type ForCaller = (c: Context) => ApiPorts & { owner: Owner };

/**
 * @param signIn whether people sign in. A request without verified claims is refused then, so a route that was left open
 *   at the gateway shows nothing.
 */
export function forCaller(ports: ApiPorts, signIn: boolean): ForCaller {
  return (c) => {
    const owner = signIn ? subjectOf(c.env as Verified | undefined) : null;
    return { ...ports, owner, videos: videosOf(owner, ports.videos) };
  };
}

function subjectOf(env: Verified | undefined): string {
  const subject = Owner.safeParse(env?.event?.requestContext?.authorizer?.jwt?.claims?.sub);
  if (subject.success && subject.data !== null) return subject.data;
  throw new RequestError(401, 'not_signed_in', 'Sign in: send "Authorization: Bearer" with a token of the issuer.');
}

/**
 * The owner, where something makes sense only for somebody who signed in.
 *
 * @throws RequestError 404 `no_sign_in` where nobody does
 */
export function signedIn({ owner }: { owner: Owner }): string {
  if (owner !== null) return owner;
  throw new RequestError(404, 'no_sign_in', 'Nobody signs in here: everything can be had without this.');
}
