import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiSettings } from '../settings.ts';

/**
 * `/openapi.json` and two ways to read it. The pages' scripts are static files of ours (`/docs/assets/`), no CDN's, and
 * pictures of others are not let through: who reads here is nobody else's business.
 */
export function docsRoutes(app: OpenAPIHono, { version }: ApiSettings): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'Where people sign in: a token of the issuer. Only what is theirs is there for them.',
  });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Reelight',
      version,
      description:
        'Drop a video, get it back looking better, streamable at once. State changes come by WebSocket at `/ws/{client_id}`.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    security: [{ bearer: [] }, {}],
  });
  app.get('/docs', (c) =>
    c.html(
      page(
        '<link rel="stylesheet" href="/docs/assets/swagger-ui.css">',
        `<div id="docs"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true })</script>`,
      ),
    ),
  );
  app.get('/redoc', (c) =>
    c.html(page('', '<div id="redoc" data-spec="/openapi.json"></div><script src="/docs/assets/redoc.js"></script>')),
  );
}

function page(head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="img-src 'self' data:"><title>Reelight API</title><link rel="icon" href="/docs/assets/favicon-32x32.png">${head}</head>
<body style="margin:0">${body}</body>
</html>`;
}
