import { inject } from 'vitest';
import { fileIdOfPublic } from '../../core/keys.ts';

/*
 * Where people sign in, tests that were written for a service without it are all one person's: their calls go with the
 * token that the set-up got, and what they fetch of files with the cookies that a browser would have got first.
 */

/** Calls as they are, with nothing added. */
export const plainFetch: typeof fetch = globalThis.fetch;

const token = process.env.REELIGHT_TOKEN;
if (token) {
  const base = inject('base');
  const given = new Map<string, string[]>();
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname } = new URL(request.url);
    if (origin !== base || request.headers.has('authorization')) return plainFetch(input, init);
    const fileId = fileIdOfPublic(pathname.slice(1));
    // Not the request's own, which name the boundary of a form that it has written down: it is written down anew.
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    if (fileId) headers.set('cookie', await cookiesFor(fileId, pathname));
    else headers.set('authorization', `Bearer ${token}`);
    return plainFetch(input, { ...init, headers });
  };

  async function cookiesFor(fileId: string, pathname: string): Promise<string> {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await plainFetch(`${base}/videos/${fileId}/playback`, { method: 'POST', headers });
    await answer.body?.cancel();
    // As a browser, which has those of a video that was deleted meanwhile.
    if (answer.ok) given.set(fileId, answer.headers.getSetCookie());
    return (given.get(fileId) ?? [])
      .filter((line) => line.includes(`Path=${pathname};`) || line.includes('Path=/;'))
      .map((line) => line.split(';')[0])
      .join('; ');
  }
}
