import { fileIdOfPublic } from '../core/keys.ts';
import type { Http } from './http.ts';

/** Where people sign in: a token of theirs, or what gets a fresh one each time. */
export type Token = string | (() => string | Promise<string>);

/** Asked again this long before it is over: a clock may be wrong, and a request takes a while. */
const EARLY_MS = 60_000;

/** What somebody who signed in has to show where no token can be sent. Without a token, nothing is asked for. */
export interface SignedIn {
  /** The address of the WebSocket, good for one connection. */
  socketAddress(plain: string): Promise<string>;
  /** Lets this client have the files of a video. Answers until when, in milliseconds since 1970; for ever without sign-in. */
  allowPlayback(fileId: string, signal?: AbortSignal): Promise<number>;
  /** What is to be sent with a request for a file of the server. Browsers send cookies by themselves. */
  headersFor(path: string, signal?: AbortSignal): Promise<Record<string, string>>;
}

export function signedIn(http: Http, token: Token | undefined): SignedIn {
  const allowed = new Map<string, { until: number; cookies: string[] }>();

  /** Kept where the client itself has to send them; a browser may have thrown away what it keeps. */
  async function kept(fileId: string, signal?: AbortSignal) {
    const known = allowed.get(fileId);
    return known && known.until - EARLY_MS > Date.now() ? known : playback(fileId, signal);
  }

  async function playback(fileId: string, signal?: AbortSignal) {
    const path = `/videos/${encodeURIComponent(fileId)}/playback`;
    const response = await http.open(path, { method: 'POST', signal });
    const { expires_at } = (await response.json()) as { expires_at: string };
    // Where the platform shows them: in browsers they are not for pages to read, and not needed.
    const cookies = response.headers.getSetCookie?.() ?? [];
    const fresh = { until: Date.parse(expires_at), cookies };
    allowed.set(fileId, fresh);
    return fresh;
  }

  return {
    async socketAddress(plain) {
      if (!token) return plain;
      const { ticket } = await http.json<{ ticket: string }>('POST', '/ws-tickets', { attempts: 1 });
      return `${plain}?ticket=${encodeURIComponent(ticket)}`;
    },
    allowPlayback: async (fileId, signal) =>
      token ? (await playback(fileId, signal)).until : Number.POSITIVE_INFINITY,
    async headersFor(path, signal): Promise<Record<string, string>> {
      const [pathname = ''] = path.split('?');
      const fileId = token && fileIdOfPublic(pathname.slice(1));
      if (!fileId) return {};
      const { cookies } = await kept(fileId, signal);
      const sent = cookies.filter((line) => ['/', pathname].includes(/; *path=([^;]*)/i.exec(line)?.[1] ?? ''));
      return sent.length > 0 ? { cookie: sent.map((line) => line.split(';')[0]).join('; ') } : {};
    },
  };
}

/** Names who asks, in each call. */
export async function bearer(token: Token | undefined): Promise<Record<string, string>> {
  if (!token) return {};
  return { authorization: `Bearer ${typeof token === 'string' ? token : await token()}` };
}
