import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Config, readConfig } from '../infra/config.ts';
import { fingerprint } from '../infra/fingerprint.ts';
import { signInOf } from '../infra/issuer.ts';
import { limitsIn } from '../infra/limits.ts';
import { BUCKETS, bucketName, stackNames } from '../infra/names.ts';
import { Outputs } from '../infra/outputs.ts';
import { readNoArguments } from './arguments.ts';
import { brokerAddress } from './broker-address.ts';
import { BROKER_SECRET_NAME, REGION } from './credentials.ts';
import { cdkDeploy } from './deploy/cdk.ts';
import { uploadDocsAssets } from './deploy/docs-assets.ts';
import {
  ACCOUNT,
  describeStacks,
  type Emulator,
  emulatorAt,
  ensureAssetsBucket,
  outputsOf,
  removeLeftBuckets,
} from './deploy/emulator.ts';
import { uploadPage } from './deploy/page.ts';
import { ensureSecret } from './deploy/secret.ts';
import { homeFrom, ROOT } from './home.ts';
import { portsFrom } from './ports.ts';
import { runMain } from './run-main.ts';
import type { ServicePlace } from './service-environment.ts';
import { type LocalSignIn, SIGNING_SECRET_NAME, type SigningKey, signInFrom, signingKey } from './sign-in.ts';

/** Whatever decides what is deployed. */
const SOURCES = [
  ...['core', 'pipeline', 'adapters', 'lambdas', 'infra', 'client', 'web', 'local/deploy', 'local/deploy.ts'],
  ...['cdk.json', 'package.json', 'package-lock.json'],
];

export interface DeployOptions {
  /** Where the outputs, the log and the memory of what was deployed are kept. */
  home: string;
  emulatorPort: number;
  /** Where functions reach the emulator, if not at that port: what stands in front of it. `http://host:port` */
  emulatorUrl?: string | undefined;
  /** `url` without credentials, as the functions are given it. */
  broker: { url: string; username: string; password: string };
  /** `*`, or origins separated by commas. */
  allowedOrigins?: string | undefined;
  /** Who signs people in, where they have to; and the page's address and the key that says who may have which file. */
  signIn?: (Pick<LocalSignIn, 'issuer' | 'clientId'> & { address: string; key: SigningKey }) | undefined;
  /** Told what is done, a line at a time. */
  log: (line: string) => void;
}

/**
 * Deploys the stacks to the running emulator and writes their outputs to `<home>/outputs.json`. Does nothing when what
 * the emulator has was made of the same sources and settings.
 *
 * @throws LocalError `not_ready` when no emulator answers, ConfigError for a wrong setting, TransientError
 *   `deploy_failed` with the end of CDK's log
 */
export async function deploy(options: DeployOptions): Promise<Outputs> {
  const { home, emulatorPort, emulatorUrl, broker, allowedOrigins, signIn, log } = options;
  const emulator = await emulatorAt(emulatorPort);
  const settings = {
    target: 'emulator',
    emulatorUrl: emulatorUrl || emulator.url,
    brokerUrl: broker.url,
    brokerSecretArn: await ensureSecret(emulator, BROKER_SECRET_NAME, {
      username: broker.username,
      password: broker.password,
    }),
    ...(signIn && (await signInSettings(emulator, signIn))),
    ...(allowedOrigins && { allowedOrigins }),
    ...limitsIn(process.env),
    ...ffmpeg(process.env),
  };
  const config = readConfig(settings);
  const version = await fingerprint(ROOT, SOURCES, JSON.stringify(settings));
  const deployed = await unchanged(emulator, home, config, version);
  if (deployed) {
    log('The stacks are deployed already, and nothing has changed.');
    return deployed;
  }
  log('Deploying the stacks to the emulator …');
  const started = performance.now();
  await makeRoom(emulator, config, log);
  await cdkDeploy(home, { ...settings, fingerprint: version }, emulator.environment);
  const outputs = Outputs.parse(outputsOf(await describeStacks(emulator), Object.values(stackNames(config))));
  await uploadDocsAssets(emulator, outputs.SiteBucket);
  const signsIn = signInOf(config);
  await uploadPage(emulator, outputs.SiteBucket, signsIn === 'ours' ? undefined : signsIn);
  await write(join(home, 'outputs.json'), outputs);
  // Last: a deployment that was interrupted is done again.
  await write(join(home, 'deployed.json'), { version });
  log(`Deployed in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return outputs;
}

async function signInSettings(
  emulator: Emulator,
  { issuer, clientId, address, key }: NonNullable<DeployOptions['signIn']>,
): Promise<Record<string, string>> {
  const { key_pair_id, private_key } = key;
  const signingSecretArn = await ensureSecret(emulator, SIGNING_SECRET_NAME, { address, key_pair_id, private_key });
  return { auth: 'oidc', oidcIssuer: issuer, oidcClientId: clientId, signingSecretArn };
}

/** What a deployment to this machine's emulator is told of who signs people in. */
export function signInAt({ home, ports, env }: ServicePlace): DeployOptions['signIn'] {
  const signIn = signInFrom(env, ports);
  return signIn && { ...signIn, address: `http://localhost:${ports.edge}`, key: signingKey(home) };
}

/** The outputs, if the last deployment came to its end and what the emulator has is what it deployed. */
async function unchanged(
  emulator: Emulator,
  home: string,
  config: Config,
  version: string,
): Promise<Outputs | undefined> {
  const last = await read(join(home, 'deployed.json'));
  if (last?.version !== version) return undefined;
  const written = Outputs.safeParse(await read(join(home, 'outputs.json')));
  // An emulator that was killed may have gone back to an earlier deployment, or to none.
  const present = outputsOf(await describeStacks(emulator), Object.values(stackNames(config)));
  const same = written.success && present?.Fingerprint === version && matches(written.data, present);
  return same ? written.data : undefined;
}

/** What CDK and CloudFormation need before they can begin. */
async function makeRoom(emulator: Emulator, config: Config, log: (line: string) => void): Promise<void> {
  await ensureAssetsBucket(emulator);
  const { data } = stackNames(config);
  const owner = (await describeStacks(emulator)).find(({ StackName }) => StackName === data);
  const buckets = BUCKETS.map((bucket) => bucketName(config, bucket, ACCOUNT, REGION));
  const left = await removeLeftBuckets(emulator, buckets, owner);
  if (left.length > 0) log('The emulator was killed and has lost its records: the objects it kept were removed.');
}

function matches(written: Outputs, present: Record<string, string>): boolean {
  return Object.entries(written).every(([key, value]) => present[key] === value);
}

/** The functions run where the emulator runs: what finds FFmpeg here, finds it there. */
function ffmpeg({ FFMPEG_PATH, FFPROBE_PATH }: NodeJS.ProcessEnv): Record<string, string> {
  return { ...(FFMPEG_PATH && { ffmpegPath: FFMPEG_PATH }), ...(FFPROBE_PATH && { ffprobePath: FFPROBE_PATH }) };
}

async function read(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** All of it or nothing: others may be reading. */
async function write(path: string, value: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${path}.new`, path);
}

if (import.meta.main) {
  readNoArguments('Usage: npm run deploy:local\n\nDeploys the stacks to the emulator that runs on this machine.');
  await runMain(async () => {
    const home = homeFrom();
    const ports = portsFrom();
    await deploy({
      home: home.root,
      emulatorPort: ports.emulator,
      emulatorUrl: process.env.REELIGHT_EMULATOR_URL,
      broker: brokerAddress(home, ports),
      allowedOrigins: process.env.ALLOWED_ORIGINS,
      signIn: signInAt({ home, ports, env: process.env }),
      log: console.log,
    });
  });
}
