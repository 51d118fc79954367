import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { TransientError } from '../../core/errors.ts';

const Credentials = z.object({ username: z.string(), password: z.string() });

/**
 * The broker's user and password, as Secrets Manager holds them: JSON with `username` and `password`.
 *
 * @throws TransientError `bad_secret` when the secret is no such JSON
 */
export async function brokerCredentials(
  client: SecretsManagerClient,
  secretArn: string,
): Promise<z.infer<typeof Credentials>> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return readCredentials(SecretString);
}

/** @throws TransientError `bad_secret` as above */
export function readCredentials(secret: string | undefined): z.infer<typeof Credentials> {
  try {
    return Credentials.parse(JSON.parse(secret ?? ''));
  } catch {
    // Without the cause: a parse error quotes the text, and this text is a secret.
    throw new TransientError('bad_secret', 'The broker secret must be JSON with "username" and "password".');
  }
}
