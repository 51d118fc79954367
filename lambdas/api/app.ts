import { OpenAPIHono } from '@hono/zod-openapi';
import type { Ports, WorkerBoard } from '../../core/ports/index.ts';
import { forCaller } from './caller.ts';
import { invalid, onError, problem } from './problem.ts';
import { docsRoutes } from './routes/docs.ts';
import { fileRoutes } from './routes/files.ts';
import { healthRoutes } from './routes/health.ts';
import { limitRoutes } from './routes/limits.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { uploadRoutes } from './routes/uploads.ts';
import { videoRoutes } from './routes/videos.ts';
import type { ApiSettings } from './settings.ts';

export type ApiPorts = Pick<
  Ports,
  'videos' | 'tickets' | 'uploads' | 'files' | 'access' | 'arrivals' | 'now' | 'log'
> & {
  workers: WorkerBoard;
};

/**
 * The HTTP API, whole: requests checked by the schemas that document them, every error as problem+json. CORS is the
 * gateway's: it answers preflights without calling us, and adds the headers to every answer.
 */
export function createApp(ports: ApiPorts, settings: ApiSettings): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result) => (result.success ? undefined : invalid(result.error)),
  });
  app.onError(onError(ports.log));
  app.notFound(() => problem(404, 'no_such_route', 'There is nothing at this address. See /docs.'));
  const own = forCaller(ports, settings.signIn);
  uploadRoutes(app, own, settings);
  videoRoutes(app, own);
  signInRoutes(app, own);
  fileRoutes(app);
  healthRoutes(app, ports, settings);
  limitRoutes(app, own, settings);
  docsRoutes(app, settings);
  return app;
}
