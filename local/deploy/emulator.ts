import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListBucketsCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { REGION, ROOT_USER } from '../credentials.ts';
import { LocalError } from '../errors.ts';

export const ACCOUNT = '000000000000';

/** What CDK's synthesizer expects of a place to deploy to, and all that deploying with our own credentials needs of it. */
const ASSETS_BUCKET = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;

export type Emulator = Awaited<ReturnType<typeof emulatorAt>>;

/**
 * Clients of the emulator at `http://localhost:{port}`, as its root user.
 *
 * @throws LocalError `not_ready` when nothing answers there
 */
export async function emulatorAt(port: number) {
  const url = `http://localhost:${port}`;
  const common = { endpoint: url, region: REGION, credentials: ROOT_USER };
  const s3 = new S3Client({ ...common, forcePathStyle: true, maxAttempts: 2 });
  const buckets = await s3.send(new ListBucketsCommand({})).catch((cause) => {
    throw new LocalError('not_ready', `No emulator answers at ${url}: start it first (npm run start:emulator).`, {
      cause,
    });
  });
  return {
    url,
    s3,
    /** Those that were there at the beginning. */
    buckets: new Set((buckets.Buckets ?? []).map(({ Name }) => Name)),
    cloudformation: new CloudFormationClient(common),
    secrets: new SecretsManagerClient(common),
    /** For command line tools. */
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: ROOT_USER.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ROOT_USER.secretAccessKey,
    },
  };
}

export async function ensureAssetsBucket({ s3, buckets }: Emulator): Promise<void> {
  if (!buckets.has(ASSETS_BUCKET)) await s3.send(new CreateBucketCommand({ Bucket: ASSETS_BUCKET }));
}

/** All stacks there are. */
export async function describeStacks({ cloudformation }: Emulator): Promise<Stack[]> {
  const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({}));
  return Stacks;
}

/** What these stacks say of themselves, by output key; undefined when one of them is not as it was last deployed. */
export function outputsOf(stacks: Stack[], names: string[]): Record<string, string> | undefined {
  const complete = stacks.filter(
    ({ StackName = '', StackStatus }) =>
      names.includes(StackName) && (StackStatus === 'CREATE_COMPLETE' || StackStatus === 'UPDATE_COMPLETE'),
  );
  if (complete.length < names.length) return undefined;
  const outputs = complete.flatMap((stack) => stack.Outputs ?? []);
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

/**
 * Removes buckets that no stack has. An emulator that is killed forgets its stacks and tables but not the objects that
 * it kept on disk: nothing knows of them any more, and their buckets would be in the way of new ones.
 *
 * @param owner the stack that would have the buckets
 * @returns the buckets that were removed
 */
export async function removeLeftBuckets(
  { s3, buckets }: Emulator,
  names: string[],
  owner: Stack | undefined,
): Promise<string[]> {
  // A stack that could not be created has nothing either.
  if (owner && owner.StackStatus !== 'ROLLBACK_COMPLETE') return [];
  const left = names.filter((name) => buckets.has(name));
  for (const Bucket of left) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
      const Objects = Contents.map(({ Key }) => ({ Key }));
      if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    }
    await s3.send(new DeleteBucketCommand({ Bucket }));
  }
  return left;
}
