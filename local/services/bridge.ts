import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { keepConnection } from '../../adapters/rabbitmq/connection.ts';
import { brokerCredentials } from '../../adapters/secretsmanager/broker-credentials.ts';
import { jsonLog } from '../../core/log.ts';
import { QUEUES } from '../../core/messages.ts';
import { readNoArguments } from '../arguments.ts';
import { runBridge } from '../bridge/bridge.ts';
import { lambdaInvoke } from '../bridge/invoke.ts';
import { onInterrupt } from '../interrupts.ts';
import { runMain } from '../run-main.ts';
import { serviceEnvironment } from '../service-environment.ts';

/** Less than its supervisor waits. */
const GRACE_MS = 7_000;
const HEARTBEAT_SECONDS = 60;
/** The broker is no Amazon MQ broker here; this is the form of an address of one. */
const BROKER_ARN = 'arn:aws:mq:us-east-1:000000000000:broker:reelight:b-00000000-0000-0000-0000-000000000000';

const Environment = z.object({
  BROKER_URL: z.url(),
  BROKER_SECRET_ARN: z.string(),
  METADATA_FUNCTION_NAME: z.string(),
});

/*
 * The bridge of one machine: brings the metadata queue's messages to the metadata function, which in AWS is an event
 * source mapping's work.
 */
if (import.meta.main) {
  readNoArguments(
    "Usage: npm run start:bridge\n\nRuns the bridge alone: it brings the metadata queue's messages to the metadata function.",
  );
  await runMain(async () => {
    // The supervisor gives it one; started by itself it makes its own.
    if (!process.env.METADATA_FUNCTION_NAME) Object.assign(process.env, serviceEnvironment('bridge'));
    const settings = Environment.parse(process.env);
    const log = jsonLog(console.log, { service: 'bridge' });
    const url = new URL(settings.BROKER_URL);
    const virtualHost = decodeURIComponent(url.pathname.slice(1)) || '/';
    url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
    const secrets = new SecretsManagerClient({});
    const credentials = () => brokerCredentials(secrets, settings.BROKER_SECRET_ARN);
    const target = { url, credentials, name: 'metadata bridge', heartbeatSeconds: HEARTBEAT_SECONDS };
    const connection = keepConnection(target, log, async () => null);

    const stop = new AbortController();
    // A second Ctrl-C means now: what is not acknowledged will be given again.
    onInterrupt((count) => (count > 1 ? process.exit(1) : stop.abort(new Error('stopped'))));
    await runBridge({
      connection,
      source: { arn: BROKER_ARN, queue: QUEUES.metadata.name, virtualHost },
      invoke: lambdaInvoke(settings.METADATA_FUNCTION_NAME),
      log,
      signal: stop.signal,
      graceMs: GRACE_MS,
    });
    await connection.close();
    log.info('stopped');
  });
}
