import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { giveTicket } from '../../../pipeline/admit.ts';
import { type ForCaller, signedIn } from '../caller.ts';
import { json, problems, TicketAnswer } from '../schemas.ts';

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
}
