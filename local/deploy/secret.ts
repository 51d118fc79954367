import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import type { Emulator } from './emulator.ts';

/** Makes a secret of the emulator's Secrets Manager hold this, as JSON, and answers its ARN. */
export async function ensureSecret({ secrets }: Emulator, name: string, value: object): Promise<string> {
  const SecretString = JSON.stringify(value);
  const existing = await secrets.send(new GetSecretValueCommand({ SecretId: name })).catch((error) => {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  });
  if (existing?.ARN && existing.SecretString === SecretString) return existing.ARN;
  const { ARN } = existing
    ? await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString }))
    : await secrets.send(new CreateSecretCommand({ Name: name, SecretString }));
  if (!ARN) throw new Error(`The emulator answered no ARN for the secret ${name}.`);
  return ARN;
}
