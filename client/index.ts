import { enhancedKey, metadataKey, posterKey, sharedSourceKey } from '../core/keys.ts';
import type { Limits } from '../core/limits.ts';
import { createHttp } from './http.ts';
import { type SendBytes, sendBlob } from './send.ts';
import { bearer, signedIn, type Token } from './signed-in.ts';
import { type Listener, sharedSocket } from './socket.ts';
import { DEFAULT_TIMING, type Timing } from './timing.ts';
import type {
  ListOptions,
  RetryChanges,
  UploadFile,
  UploadOptions,
  VideoPage,
  VideoRecord,
  VideoState,
} from './types.ts';
import { upload } from './upload.ts';
import { watch } from './watch.ts';

export type { Limits } from '../core/limits.ts';
export { videoTypeOf } from '../core/video-type.ts';
export { ClientError, ConnectionError, FileError } from './errors.ts';
export { inParallel } from './pool.ts';
export type { Put, PutAnswer, SendBytes } from './send.ts';
export type { Token } from './signed-in.ts';
export type { Listener } from './socket.ts';
export { isSettled } from './state.ts';
export { DEFAULT_TIMING, retrying, sleep, type Timing } from './timing.ts';
export type * from './types.ts';

export interface ClientOptions {
  /** Scheme and host, such as `http://localhost:8000`. */
  baseUrl: string;
  /** Who uploads and listens. 1 to 128 characters of `A-Za-z0-9_.-`. */
  clientId: string;
  /** Who asks, where people sign in. */
  token?: Token | undefined;
  /** How bytes are sent, for platforms that can tell how far they are. */
  send?: SendBytes;
  timing?: Partial<Timing>;
}

/** Where a video's results are, to be given to `download` or to a player. */
export const enhancedPath = (fileId: string): string => `/${enhancedKey(fileId)}`;
export const metadataPath = (fileId: string): string => `/${metadataKey(fileId)}`;
/** The source as browsers play it. */
export const sourcePath = (fileId: string): string => `/${sharedSourceKey(fileId)}`;
export const posterPath = (fileId: string): string => `/${posterKey(fileId)}`;

/** Everything here throws ClientError for what the server refuses and ConnectionError for what it does not answer. */
export interface Client {
  readonly clientId: string;
  /**
   * Brings a file of any size to the server, in parts where it is large. Answers its file_id.
   *
   * @throws FileError `file_changed` when it cannot be read to its end, and the signal's reason.
   */
  upload(file: UploadFile, options?: UploadOptions): Promise<string>;
  /** Gives up an upload that is not complete; its parts are reclaimed. */
  abandon(fileId: string, signal?: AbortSignal): Promise<void>;
  /** The states a video goes through from now on, ending with the one in which nothing more will happen. */
  watch(fileId: string, signal?: AbortSignal): AsyncGenerator<VideoState, void, void>;
  /** Everything that is told to this client_id, of every video, over the connection that watches share. Answers how to stop. */
  listen(listener: Listener): () => void;
  get(fileId: string, signal?: AbortSignal): Promise<VideoRecord>;
  /** How large, how long and how fast a video may be. */
  limits(signal?: AbortSignal): Promise<Limits>;
  /** This client's videos, newest first. */
  list(options?: ListOptions): Promise<VideoPage>;
  /** @throws ClientError 409 when it is finished already. */
  cancel(fileId: string, signal?: AbortSignal): Promise<void>;
  /** Works on it once more, in another way if one is given. @throws ClientError 409 while it is in flight. */
  retry(fileId: string, changes?: RetryChanges, signal?: AbortSignal): Promise<VideoRecord>;
  /** Deletes the video and all that was made of it. */
  remove(fileId: string, signal?: AbortSignal): Promise<void>;
  /**
   * Where people sign in: lets this browser have the files of a video, for players and pictures that ask by themselves.
   * `download` needs no such thing. Answers until when, in milliseconds since 1970.
   */
  allowPlayback(fileId: string, signal?: AbortSignal): Promise<number>;
  /** Begins to read a file of the server, such as `enhancedPath(fileId)`. The body is the caller's to read. */
  download(path: string, options?: { signal?: AbortSignal; headers?: Record<string, string> }): Promise<Response>;
}

export function createClient({ baseUrl, clientId, token, send = sendBlob, timing: given }: ClientOptions): Client {
  const timing = { ...DEFAULT_TIMING, ...given };
  const http = createHttp(baseUrl, timing, () => bearer(token));
  const me = signedIn(http, token);
  const socketUrl = new URL(`/ws/${encodeURIComponent(clientId)}`, baseUrl);
  socketUrl.protocol = socketUrl.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = sharedSocket(() => me.socketAddress(socketUrl.href), timing);
  const get = (fileId: string, signal?: AbortSignal, attempts?: number) =>
    http.json<VideoRecord>('GET', videoPath(fileId), { signal, ...(attempts && { attempts }) });

  return {
    clientId,
    upload: (file, options = {}) => upload({ http, send, timing, clientId }, file, options),
    abandon: (fileId, signal) => http.call('DELETE', `/upload/${encodeURIComponent(fileId)}`, { signal }),
    watch: (fileId, signal) => watch({ look: (id, until) => get(id, until, 1), socket, timing }, fileId, signal),
    listen: (listener) => socket.listen(listener),
    get: (fileId, signal) => get(fileId, signal),
    limits: (signal) => http.json<Limits>('GET', '/limits', { signal }),
    list: ({ signal, everyClient, ...query } = {}) => {
      const search = new URLSearchParams(everyClient ? {} : { client_id: clientId });
      for (const [name, value] of Object.entries(query)) search.set(name, String(value));
      return http.json<VideoPage>('GET', `/videos?${search}`, { signal });
    },
    cancel: (fileId, signal) => http.call('POST', `${videoPath(fileId)}/cancel`, { signal }),
    retry: (fileId, changes = {}, signal) =>
      http.json<VideoRecord>('POST', `${videoPath(fileId)}/retry`, { body: changes, signal }),
    remove: (fileId, signal) => http.call('DELETE', videoPath(fileId), { signal }),
    allowPlayback: (fileId, signal) => me.allowPlayback(fileId, signal),
    download: async (path, { signal, headers } = {}) => {
      const allowed = await me.headersFor(path, signal);
      return http.open(path, { signal, headers: { ...headers, ...allowed } });
    },
  };
}

const videoPath = (fileId: string): string => `/videos/${encodeURIComponent(fileId)}`;
