import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { setCookie } from 'hono/cookie';
import { giveTicket } from '../../../pipeline/admit.ts';
import { allowPlayback } from '../../../pipeline/allow-playback.ts';
import { type ForCaller, signedIn } from '../caller.ts';
import { FileIdParam, json, PlaybackAnswer, problems, TicketAnswer } from '../schemas.ts';

/** What somebody who signed in needs where a token cannot be sent along. */
export function signInRoutes(app: OpenAPIHono, own: ForCaller): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/ws-tickets',
      operationId: 'getTicket',
      tags: ['Sign-in'],
      summary: 'A ticket for one WebSocket: `/ws/{client_id}?ticket=…`',
      responses: { 201: json('Good once, for under a minute', TicketAnswer), ...problems(401, 404) },
    }),
    async (c) => {
      const ports = own(c);
      return c.json(await giveTicket(ports, signedIn(ports)), 201, { 'cache-control': 'no-store' });
    },
  );

  app.openapi(
    createRoute({
      method: 'post',
      path: '/videos/{file_id}/playback',
      operationId: 'allowPlayback',
      tags: ['Sign-in'],
      summary: 'Cookies that let you have the files of a video for a while',
      request: { params: FileIdParam },
      responses: {
        200: json('The cookies are in `Set-Cookie`, each for the path of one file', PlaybackAnswer),
        ...problems(400, 401, 404),
      },
    }),
    async (c) => {
      const ports = own(c);
      signedIn(ports);
      const { cookies, expires_at, seconds } = await allowPlayback(ports, c.req.valid('param').file_id);
      for (const { name, value, path, secure } of cookies) {
        setCookie(c, name, value, { path, secure, httpOnly: true, sameSite: 'Lax', maxAge: seconds });
      }
      return c.json({ expires_at }, 200, { 'cache-control': 'no-store' });
    },
  );
}
