import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { BROKER_SECRET_NAME, type BrokerCredentials } from '../credentials.ts';
import type { Emulator } from './emulator.ts';

/** Makes the emulator's Secrets Manager hold these credentials, and answers the secret's ARN. */
export async function ensureBrokerSecret(
  { secrets }: Emulator,
  { username, password }: BrokerCredentials,
): Promise<string> {
  const SecretString = JSON.stringify({ username, password });
  const existing = await secrets.send(new GetSecretValueCommand({ SecretId: BROKER_SECRET_NAME })).catch((error) => {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  });
  if (existing?.ARN && existing.SecretString === SecretString) return existing.ARN;
  const { ARN } = existing
    ? await secrets.send(new PutSecretValueCommand({ SecretId: BROKER_SECRET_NAME, SecretString }))
    : await secrets.send(new CreateSecretCommand({ Name: BROKER_SECRET_NAME, SecretString }));
  if (!ARN) throw new Error('The emulator answered no ARN for the broker secret.');
  return ARN;
}
