import { createClient } from '../client/browser.ts';
import { clientIdIn, isNewcomerTo } from './identity.ts';
import { openSession, type Session } from './sign-in/session.ts';
import { signIn } from './sign-in/settings.ts';
import { storage } from './storage.ts';

export const isNewcomer = !signIn && isNewcomerTo(storage);

let opened: Promise<Session> | undefined;
let subject = '';
/** Whoever is here, where people sign in; who is not signed in is sent to the issuer. */
export function session(): Promise<Session> | undefined {
  if (!signIn) return undefined;
  opened ??= openSession(signIn).then((me) => {
    subject = me.subject;
    return me;
  });
  return opened;
}
/** What the issuer calls whoever is here; empty where nobody signs in. */
export const owner = (): string => subject;

export const client = createClient({
  baseUrl: location.origin,
  // Who signed in is the same on all of their browsers, which hear of each other's videos.
  clientId: signIn ? 'web' : clientIdIn(storage),
  token: signIn && (async () => (await session())?.token() ?? ''),
});
