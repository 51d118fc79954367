import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Talks to a running pipeline as any client would: with fetch and a WebSocket, by the contract and nothing else. The
 * typed client has tests of its own; here nothing of ours stands between the test and the service.
 */

export interface ProcessView {
  status: string;
  progress: number;
  error: string | null;
}
export interface VideoView {
  file_id: string;
  status: string;
  seq: number;
  attempt: number;
  processes: Record<'video_enhancement' | 'metadata_extraction', ProcessView & { claims: number; failures: number }>;
  outputs: { enhanced?: { path: string; size: number; encoder: string }; metadata?: { path: string } };
}

export interface Upload {
  file_id: string;
  upload: { kind: string; url: string; headers: Record<string, string>; part_size: number; part_count: number };
}

/** @param token whose videos they are, where people sign in */
export function talkTo(base: string, token: string | undefined = process.env.REELIGHT_TOKEN) {
  const bearer = token ? { authorization: `Bearer ${token}` } : undefined;

  /** Any call, as who has the token. */
  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(base + path, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), ...bearer } });

  async function json<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await call(path, init);
    if (!response.ok) throw new Error(`${init?.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  const post = <T>(path: string, body: unknown): Promise<T> =>
    json(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  const start = (request: {
    filename?: string;
    size: number;
    content_type?: string;
    client_id?: string;
  }): Promise<Upload> => post('/upload', { filename: 'clip.mp4', content_type: 'video/mp4', ...request });

  /** The whole presigned way for a small file. */
  async function send(bytes: Uint8Array<ArrayBuffer>, clientId: string): Promise<string> {
    const { file_id, upload } = await start({ size: bytes.length, client_id: clientId });
    const response = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: bytes });
    if (!response.ok) throw new Error(`PUT: ${response.status} ${await response.text()}`);
    return file_id;
  }

  const video = (fileId: string): Promise<VideoView> => json(`/videos/${fileId}`);

  /** Waits until the record satisfies; says what it was when it does not in time. */
  async function until(fileId: string, ok: (video: VideoView) => boolean, ms = 60_000): Promise<VideoView> {
    const deadline = Date.now() + ms;
    for (;;) {
      const now = await video(fileId);
      if (ok(now)) return now;
      if (Date.now() > deadline) throw new Error(`not in ${ms} ms: ${JSON.stringify(now.processes)}`);
      await sleep(200);
    }
  }

  const ended = (fileId: string, ms?: number): Promise<VideoView> =>
    until(fileId, ({ status }) => ['completed', 'failed', 'cancelled'].includes(status), ms);

  const ticket = async (): Promise<string | undefined> =>
    token ? (await post<{ ticket: string }>('/ws-tickets', {})).ticket : undefined;
  const hear = async (clientId: string) => listen(base, clientId, await ticket());

  return { base, call, json, post, start, send, video, until, ended, ticket, listen: hear };
}

export interface Heard {
  type: string;
  at: number;
  file_id?: string;
  seq?: number;
  process_type?: string;
  status?: string;
  progress?: number;
  error?: string | null;
  content?: string;
  code?: string;
  client_id?: string;
  timestamp?: string;
}

/** A WebSocket client that remembers what it heard. */
export async function listen(base: string, clientId: string, ticket?: string) {
  const query = ticket === undefined ? '' : `?ticket=${ticket}`;
  const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/ws/${clientId}${query}`);
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  socket.addEventListener('message', ({ data }) => {
    heard.push({ ...JSON.parse(String(data)), at: Date.now() });
    for (const look of waiting) look();
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`no WebSocket for ${clientId}`)));
  });
  return {
    heard,
    say: (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    until: (ok: (message: Heard) => boolean, ms = 60_000): Promise<Heard> =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = heard.find(ok);
          if (!found) return;
          waiting.delete(look);
          clearTimeout(timer);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`not heard in ${ms} ms; heard ${JSON.stringify(heard)}`));
        }, ms);
        waiting.add(look);
        look();
      }),
    close: (): Promise<void> =>
      new Promise((resolve) => {
        socket.addEventListener('close', () => resolve());
        socket.close();
      }),
  };
}
