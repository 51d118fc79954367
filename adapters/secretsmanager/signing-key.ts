import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { TransientError } from '../../core/errors.ts';
import type { SigningKey } from '../cloudfront/file-access.ts';

const Current = z.object({ address: z.url(), key_pair_id: z.string(), private_key: z.string() });
/** A key pair that CloudFront does not know yet. */
const Proposed = z.object({ generation: z.string(), private_key: z.string() });
export type ProposedKey = z.infer<typeof Proposed>;

/** Long enough to cost little, short enough to notice that the key was replaced. */
const KEPT_MS = 5 * 60 * 1000;
const STAGE = 'PROPOSED';

/** The key that files are signed out with, as Secrets Manager holds it. */
export function readSigningKey(
  client: SecretsManagerClient,
  SecretId: string,
  now: () => Date,
): () => Promise<SigningKey> {
  let kept: { key: SigningKey; until: number } | undefined;
  return async () => {
    if (kept && kept.until > now().getTime()) return kept.key;
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    const key = Current.safeParse(parsed(SecretString));
    // Without the cause: it would quote a secret.
    if (!key.success) throw new TransientError('signing_not_ready', 'There is nothing to sign with yet.');
    kept = { key: key.data, until: now().getTime() + KEPT_MS };
    return key.data;
  };
}

/** The same secret, for who makes the key. */
export interface SigningKeyVersions {
  proposed(): Promise<ProposedKey | undefined>;
  propose(key: ProposedKey): Promise<void>;
  /** From now on it signs. */
  use(key: SigningKey): Promise<void>;
}

export function signingKeyVersions(client: SecretsManagerClient, SecretId: string): SigningKeyVersions {
  const put = (value: object, VersionStages?: string[]) =>
    client.send(
      new PutSecretValueCommand({
        SecretId,
        SecretString: JSON.stringify(value),
        ...(VersionStages && { VersionStages }),
      }),
    );
  return {
    async proposed() {
      try {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage: STAGE }));
        return Proposed.safeParse(parsed(SecretString)).data;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
    async propose(key) {
      await put(key, [STAGE]);
    },
    async use(key) {
      await put(key);
    },
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
