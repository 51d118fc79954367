import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, problem } from './answers.ts';

/** What a server with sign-in asks for: tokens of calls, a ticket of each WebSocket, a cookie of each file. */
export function guard(tokenIsGood: (token: string) => boolean) {
  const tickets = new Set<string>();
  let given = 0;
  return {
    /** True when it has answered: refused, or given a ticket or cookies. */
    answers(request: IncomingMessage, response: ServerResponse): boolean {
      const [path = ''] = (request.url ?? '').split('?');
      const [, first, id = '', last] = path.split('/');
      if (path === '/healthz') return false;
      if (first === 's3') return refused(request.headers.authorization !== undefined, response, 400);
      if (first === 'processed_videos' || first === 'metadata') {
        return refused(!`${request.headers.cookie}`.split('; ').includes(`Signature=${path}`), response, 403);
      }
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (!tokenIsGood(token)) return refused(true, response, 401);
      if (path === '/ws-tickets') {
        tickets.add(`t${++given}`);
        return Boolean(json(response, 201, { ticket: `t${given}`, expires_at: new Date().toISOString() }));
      }
      if (last !== 'playback') return false;
      const paths = [`/processed_videos/${id}`, `/metadata/${id}.json`];
      response.setHeader('set-cookie', [
        ...paths.map((of) => `Signature=${of}; Max-Age=900; Path=${of}; HttpOnly`),
        'Key=K1; Max-Age=900; Path=/; HttpOnly',
      ]);
      return Boolean(json(response, 200, { expires_at: new Date(Date.now() + 900_000).toISOString() }));
    },
    /** Whether somebody may connect, once. */
    admits: (url = '') => tickets.delete(new URL(url, 'http://server').searchParams.get('ticket') ?? ''),
  };
}

function refused(is: boolean, response: ServerResponse, status: number): boolean {
  return is && Boolean(problem(response, status, 'refused', 'Not without that.'));
}
