import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

export const region = 'us-east-1';

/** What AWS names the refusal of what a role was not granted. */
export const DENIED = /AccessDenied/;

export type Clients = Awaited<ReturnType<typeof asRole>>;

/** Clients that may do what this role may. */
export async function asRole(arn: string | undefined) {
  const assume = new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'test' });
  const { Credentials } = await new STSClient({ region }).send(assume);
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const settings = { region, credentials };
  return {
    table: new DynamoDBClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    secrets: new SecretsManagerClient(settings),
    lambda: new LambdaClient(settings),
  };
}

/** The error's name, or "allowed". */
export function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'allowed',
    (error: Error) => error.name,
  );
}
