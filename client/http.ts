import { ReelightError } from '../core/errors.ts';
import { ClientError, ConnectionError, problemOf } from './errors.ts';
import { retrying, type Timing } from './timing.ts';

export interface RequestOptions {
  /** Of `open` alone; GET unless given. */
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Every call of the contract can be repeated safely, so a lost answer is asked for again. 4 unless given. */
  attempts?: number;
  timeoutMs?: number;
}

/** Requests to the API. Refusals are ClientErrors, missing answers ConnectionErrors; what may pass is tried again. */
export interface Http {
  json<T>(method: string, path: string, options?: RequestOptions): Promise<T>;
  /** For calls whose answer says nothing. */
  call(method: string, path: string, options?: RequestOptions): Promise<void>;
  /** The answer with its body unread. */
  open(path: string, options?: RequestOptions): Promise<Response>;
}

/** @param identify headers that say who asks, made anew for each attempt */
export function createHttp(baseUrl: string, timing: Timing, identify: () => Promise<Record<string, string>>): Http {
  const request = <T>(
    method: string,
    path: string,
    read: (response: Response) => Promise<T>,
    { body, headers = {}, signal, attempts = 4, timeoutMs = timing.requestMs }: RequestOptions,
  ): Promise<T> => {
    const url = new URL(path, baseUrl);
    const sent =
      body === undefined
        ? { method, headers }
        : { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return retrying(
      async () => {
        const who = await identify();
        return once(url, { ...sent, headers: { ...sent.headers, ...who } }, read, timeoutMs, signal);
      },
      { attempts, timing, signal },
    );
  };

  return {
    json: <T>(method: string, path: string, options: RequestOptions = {}) =>
      request(method, path, readJson<T>, options),
    call: (method, path, options = {}) =>
      request(method, path, async (response) => void (await response.arrayBuffer()), options),
    open: (path, options = {}) => request(options.method ?? 'GET', path, async (response) => response, options),
  };
}

async function once<T>(
  url: URL,
  request: RequestInit,
  read: (response: Response) => Promise<T>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  // Not AbortSignal.timeout: once a download has begun, the clock no longer applies to it.
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), timeoutMs);
  try {
    const response = await fetch(url, {
      ...request,
      signal: signal ? AbortSignal.any([signal, clock.signal]) : clock.signal,
    });
    if (!response.ok) throw await problemOf(response);
    return await read(response);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (clock.signal.aborted) {
      throw new ConnectionError('timeout', `${url.origin} did not answer within ${timeoutMs / 1000} s.`);
    }
    if (error instanceof ReelightError) throw error;
    throw new ConnectionError('unreachable', `${url.origin} cannot be reached.`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function readJson<T>(response: Response): Promise<T> {
  const body = await response.text();
  try {
    return JSON.parse(body) as T;
  } catch {
    throw new ClientError(response.status, 'bad_answer', `${new URL(response.url).origin} did not answer with JSON.`);
  }
}
