import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Outputs } from '../infra/outputs.ts';
import { brokerAddress } from './broker-address.ts';
import { BROKER_SECRET_NAME, REGION, writeAwsConfig } from './credentials.ts';
import { LocalError } from './errors.ts';
import { type Home, homeFrom, ROOT, readable } from './home.ts';
import { type Ports, portsFrom } from './ports.ts';
import { signInFrom, signingKey } from './sign-in.ts';

/** The services that run as plain processes on one machine, by the role each of them has. */
export type ServiceRole = 'enhancer' | 'bridge' | 'edge' | 'operator';

export interface ServicePlace {
  home: Home;
  ports: Ports;
  env: NodeJS.ProcessEnv;
}

/**
 * The whole environment of a service: what the deployment is called, where everything is, and the profile that gives it
 * its role and no other rights, which is brought up to date in `<home>/aws-config`. Credentials of the person who
 * started it are left out. REELIGHT_EMULATOR_URL is for what stands in front of the emulator, where it does.
 *
 * @throws LocalError `not_deployed` when nothing is deployed in this home
 */
export function serviceEnvironment(role: ServiceRole, place: Partial<ServicePlace> = {}): Record<string, string> {
  const { env = process.env, home = homeFrom(env), ports = portsFrom(env) } = place;
  const outputs = readOutputs(home);
  writeAwsConfig(home, outputs);
  const broker = brokerAddress(home, ports, env);
  return {
    ...withoutCloud(env),
    PATH: pathWithNode(env),
    AWS_PROFILE: role,
    AWS_CONFIG_FILE: home.awsConfig,
    // There is none: the person's own must not be read instead.
    AWS_SHARED_CREDENTIALS_FILE: `${home.awsConfig}.none`,
    AWS_REGION: REGION,
    AWS_ENDPOINT_URL: env.REELIGHT_EMULATOR_URL || `http://127.0.0.1:${ports.emulator}`,
    AWS_EC2_METADATA_DISABLED: 'true',
    TABLE_NAME: outputs.TableName,
    UPLOADS_BUCKET: outputs.UploadsBucket,
    FILES_BUCKET: outputs.FilesBucket,
    SITE_BUCKET: outputs.SiteBucket,
    API_URL: outputs.ApiUrl,
    SOCKET_URL: outputs.SocketUrl,
    SOURCE_QUEUE_URL: outputs.SourceQueueUrl,
    METADATA_FUNCTION_NAME: outputs.MetadataFunctionName,
    BROKER_URL: broker.url,
    BROKER_SECRET_ARN: BROKER_SECRET_NAME,
    ...(role === 'edge' && edgeSignIn(env, home, ports)),
    PORT: String(ports.edge),
    SCRATCH_DIR: home.scratch,
  };
}

/** Whose tokens count, and whose signatures let viewers have files. Not the private key: the edge only checks. */
function edgeSignIn(env: NodeJS.ProcessEnv, home: Home, ports: Ports): Record<string, string> {
  const signIn = signInFrom(env, ports);
  if (!signIn) return {};
  const { issuer, clientId: audience } = signIn;
  const { key_pair_id: keyPairId, public_key: publicKey } = signingKey(home);
  return { SIGN_IN: JSON.stringify({ issuer, audience, keyPairId, publicKey }) };
}

/**
 * What the deployment wrote.
 *
 * @throws LocalError `not_deployed`
 */
export function readOutputs(home: Home): Outputs {
  try {
    return Outputs.parse(JSON.parse(readFileSync(home.outputs, 'utf8')));
  } catch (cause) {
    const where = readable(home.outputs);
    throw new LocalError('not_deployed', `Nothing is deployed here yet (${where}): run npm start first.`, { cause });
  }
}

/** Node 24 first on the PATH, for everything that is started as `node`. */
export function pathWithNode(env: NodeJS.ProcessEnv = process.env): string {
  const bin = join(ROOT, 'node_modules', '.bin');
  return [bin, ...(env.PATH ?? '').split(delimiter).filter((folder) => folder && folder !== bin)].join(delimiter);
}

/** The person's environment without what AWS SDKs listen to and without the broker's password. */
export function withoutCloud(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !entry[0].startsWith('AWS_') && entry[0] !== 'RABBITMQ_URL',
  );
  return Object.fromEntries(kept);
}
