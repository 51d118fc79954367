import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Outputs } from '../infra/outputs.ts';
import { LocalError } from './errors.ts';
import type { Home } from './home.ts';
import { keptOnce } from './kept.ts';

/** Where the one-machine deployment pretends to be. */
export const REGION = 'us-east-1';
/** The emulator's root user. It listens on loopback only. */
export const ROOT_USER = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** What Secrets Manager calls the broker's user and password. Stands wherever the secret's ARN may stand. */
export const BROKER_SECRET_NAME = 'reelight/broker';

const Credentials = z.object({ username: z.string().min(1), password: z.string().min(1) });
export type BrokerCredentials = z.infer<typeof Credentials>;

/**
 * The private broker's user and password: random, made once, kept in the home where only its owner can read them. Two
 * processes that ask at once get the same.
 */
export function brokerCredentials({ brokerCredentials: path }: Home): BrokerCredentials {
  const make = () => `${JSON.stringify({ username: 'reelight', password: randomBytes(24).toString('base64url') })}\n`;
  const kept = Credentials.safeParse(parseJson(keptOnce(path, make)));
  if (kept.success) return kept.data;
  throw new LocalError('bad_setting', `${path} is damaged: delete it together with the folder broker beside it.`);
}

/** The profiles under which the services run: each takes on the role that the stacks made for it. */
export function awsConfig(
  outputs: Pick<Outputs, 'EnhancerRoleArn' | 'BridgeRoleArn' | 'EdgeRoleArn' | 'OperatorRoleArn'>,
): string {
  const role = (profile: string, arn: string) => [
    `[profile ${profile}]`,
    `role_arn = ${arn}`,
    'source_profile = root',
    `region = ${REGION}`,
  ];
  return [
    '[profile root]',
    `aws_access_key_id = ${ROOT_USER.accessKeyId}`,
    `aws_secret_access_key = ${ROOT_USER.secretAccessKey}`,
    `region = ${REGION}`,
    ...role('enhancer', outputs.EnhancerRoleArn),
    ...role('bridge', outputs.BridgeRoleArn),
    ...role('edge', outputs.EdgeRoleArn),
    ...role('operator', outputs.OperatorRoleArn),
    '',
  ].join('\n');
}

/** Written whole or not at all: a service may be reading it. */
export function writeAwsConfig(home: Home, outputs: Outputs): void {
  const aside = `${home.awsConfig}.${process.pid}`;
  writeFileSync(aside, awsConfig(outputs), { mode: 0o600 });
  renameSync(aside, home.awsConfig);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
