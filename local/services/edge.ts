import { once } from 'node:events';
import { z } from 'zod';
import { createS3Client } from '../../adapters/s3/client.ts';
import { jsonLog } from '../../core/log.ts';
import { readNoArguments } from '../arguments.ts';
import { createEdge, type EdgeSettings } from '../edge/edge.ts';
import { bucketOrigin, customOrigin } from '../edge/origins.ts';
import { LocalError } from '../errors.ts';
import { onInterrupt } from '../interrupts.ts';
import { runMain } from '../run-main.ts';
import { serviceEnvironment } from '../service-environment.ts';

/** Less than its supervisor waits. */
const GRACE_MS = 5_000;

const Environment = z.object({
  API_URL: z.url(),
  SOCKET_URL: z.url(),
  FILES_BUCKET: z.string(),
  SITE_BUCKET: z.string(),
  PORT: z.coerce.number(),
  HOST: z.string().default('127.0.0.1'),
  /** Whose pages may read our files: origins between commas, or `*`. */
  ALLOWED_ORIGINS: z
    .string()
    .default('*')
    .transform((list) => list.split(',').map((origin) => origin.trim())),
  /** Where people sign in: the issuer, what its tokens are for, and the key that signs files out. */
  SIGN_IN: z
    .string()
    .transform((text) => JSON.parse(text) as EdgeSettings['signIn'])
    .optional(),
});

/*
 * The edge of one machine: what a browser talks to. On loopback only, unless HOST says where else; then anybody there
 * can use it, as they could use a distribution without WAF.
 */
if (import.meta.main) {
  readNoArguments(
    'Usage: npm run start:edge\n\nRuns the edge alone, before what is deployed on this machine. Environment: PORT (8000), HOST (127.0.0.1).',
  );
  await runMain(async () => {
    // The supervisor gives it one; started by itself it makes its own.
    if (!process.env.API_URL) Object.assign(process.env, serviceEnvironment('edge'));
    const { PORT: port, HOST: host, ...settings } = Environment.parse(process.env);
    const log = jsonLog(console.log, { service: 'edge' });
    const s3 = createS3Client();
    const edge = createEdge({
      origins: {
        api: customOrigin(settings.API_URL),
        socket: customOrigin(settings.SOCKET_URL),
        files: bucketOrigin(s3, settings.FILES_BUCKET),
        site: bucketOrigin(s3, settings.SITE_BUCKET),
      },
      allowedOrigins: settings.ALLOWED_ORIGINS,
      signIn: settings.SIGN_IN,
      log,
    });

    edge.server.listen(port, host);
    await once(edge.server, 'listening').catch((cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is in use: choose another by PORT' : `cannot be used (${cause.code})`;
      throw new LocalError('port_in_use', `Port ${port} on ${host} ${why}.`, { cause });
    });
    log.info('ready', { host, port });

    await new Promise<void>((resolve) => {
      onInterrupt((count) => edge.close(count > 1 ? 0 : GRACE_MS).then(resolve));
    });
    log.info('stopped');
  });
}
