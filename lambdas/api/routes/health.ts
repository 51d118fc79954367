import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { checkHealth } from '../../../pipeline/check-health.ts';
import type { ApiPorts } from '../app.ts';
import { HealthAnswer, json } from '../schemas.ts';
import type { ApiSettings } from '../settings.ts';

export function healthRoutes(app: OpenAPIHono, ports: ApiPorts, { version }: ApiSettings): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/healthz',
      operationId: 'getHealth',
      tags: ['Service'],
      summary: 'Whether the service and what it depends on answer',
      responses: { 200: json('All is well', HealthAnswer), 503: json('A dependency is down', HealthAnswer) },
    }),
    async (c) => {
      const { healthy, dependencies } = await checkHealth(ports, ports.workers);
      return c.json({ status: healthy ? 'ok' : 'degraded', version, dependencies } as const, healthy ? 200 : 503);
    },
  );
}
