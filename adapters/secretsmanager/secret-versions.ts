import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { readCredentials } from './broker-credentials.ts';

type Credentials = ReturnType<typeof readCredentials>;

/** The versions of one secret, as a rotation moves through them. */
export interface SecretVersions {
  current(): Promise<Credentials>;
  /** What this rotation has made up; undefined before it has. */
  pending(token: string): Promise<Credentials | undefined>;
  propose(token: string, credentials: Credentials): Promise<void>;
  /** What was pending is current. Doing it twice is no error. */
  promote(token: string): Promise<void>;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html */
export function secretVersions(client: SecretsManagerClient, SecretId: string): SecretVersions {
  return {
    async current() {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSCURRENT' }));
      return readCredentials(SecretString);
    },

    async pending(VersionId) {
      try {
        const { SecretString } = await client.send(
          new GetSecretValueCommand({ SecretId, VersionId, VersionStage: 'AWSPENDING' }),
        );
        return readCredentials(SecretString);
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },

    async propose(ClientRequestToken, credentials) {
      const SecretString = JSON.stringify(credentials);
      await client.send(
        new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages: ['AWSPENDING'] }),
      );
    },

    async promote(token) {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
      const [current] = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
      if (current === token) return;
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: token,
          RemoveFromVersionId: current,
        }),
      );
    },
  };
}
