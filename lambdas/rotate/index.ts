import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { functionLog, required } from '../../adapters/from-environment.ts';
import { rabbitManagement } from '../../adapters/rabbitmq/management.ts';
import { secretVersions } from '../../adapters/secretsmanager/secret-versions.ts';
import { rotate, STEPS } from '../../ops/rotate-login.ts';

/** What Secrets Manager says of a rotation. */
const Event = z.object({ SecretId: z.string(), ClientRequestToken: z.string(), Step: z.enum(STEPS) });

const log = functionLog();
const secretArn = required('BROKER_SECRET_ARN');
const broker = rabbitManagement(`https://${new URL(required('BROKER_URL')).hostname}`);
const versions = secretVersions(new SecretsManagerClient({}), secretArn);

/** A step of a rotation in; it is done, or Secrets Manager asks again. */
export async function handler(event: unknown): Promise<void> {
  const { SecretId, ClientRequestToken, Step } = Event.parse(event);
  if (SecretId !== secretArn) throw new Error("This function rotates the broker's login and nothing else.");
  await rotate(broker, versions, Step, ClientRequestToken);
  log.info('rotated', { step: Step });
}
