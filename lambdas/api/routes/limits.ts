import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { FORM_UPLOAD_LIMIT } from '../../../core/limits.ts';
import type { ForCaller } from '../caller.ts';
import { json, LimitsAnswer, problems } from '../schemas.ts';
import type { ApiSettings } from '../settings.ts';

/** What may be sent, so that nobody has to send it to learn that it may not. */
export function limitRoutes(app: OpenAPIHono, own: ForCaller, { maxUpload, source }: ApiSettings): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/limits',
      operationId: 'getLimits',
      tags: ['Service'],
      summary: 'How large, how long and how fast a video may be',
      responses: { 200: json('The limits of this service', LimitsAnswer), ...problems(401) },
    }),
    (c) => {
      // Theirs who sign in, where people do.
      own(c);
      const { seconds, pixels, frameRate } = source;
      return c.json(
        {
          upload_bytes: maxUpload,
          form_bytes: FORM_UPLOAD_LIMIT,
          duration_seconds: seconds,
          pixels,
          frame_rate: frameRate,
        },
        200,
      );
    },
  );
}
