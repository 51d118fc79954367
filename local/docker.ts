import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { brokerAddress } from './broker-address.ts';
import { logsIn } from './broker-login.ts';
import type { BrokerCredentials } from './credentials.ts';
import { LocalError } from './errors.ts';
import { ROOT } from './home.ts';
import { type ServicePlace, withoutCloud } from './service-environment.ts';
import { isHealthy } from './services/emulator.ts';
import { dockerAnswers } from './setup/machine.mjs';
import { findProgram } from './setup/tools.mjs';
import { type Part, until } from './supervisor/part.ts';

/** Images come over the network at the first start. */
export const PULL_MS = 600_000;
export const COMPOSE_FILE = join(ROOT, 'localstack-compose.yml');

/**
 * Emulator and broker in containers, by localstack-compose.yml.
 *
 * @throws LocalError `missing_tool` when no Docker engine answers
 */
export function composePart(place: ServicePlace): Part {
  const { home, ports, env } = place;
  const docker = findProgram('docker', { path: env.PATH });
  if (!docker || !dockerAnswers()) {
    throw new LocalError('missing_tool', 'No Docker engine answers (docker info): start it, or leave --docker away.');
  }
  const address = brokerAddress(home, ports, env);
  const services = address.external ? ['emulator'] : [];
  return {
    name: 'containers',
    command: docker,
    args: ['compose', '--file', COMPOSE_FILE, '--project-name', instanceName(address), 'up', '--build', ...services],
    cwd: ROOT,
    env: {
      ...withoutCloud(env),
      REELIGHT_EMULATOR_PORT: String(ports.emulator),
      REELIGHT_BROKER_PORT: String(ports.broker),
      REELIGHT_BROKER_USER: address.username,
      REELIGHT_BROKER_PASSWORD: address.password,
    },
    ready: (signal) =>
      until(async (patience) => (await isHealthy(ports.emulator, patience)) && logsIn(address), signal),
    startMs: PULL_MS,
    stopMs: 30_000,
  };
}

/**
 * What containers and volumes of this home are called. It follows the password, because a broker's data keeps the one
 * that it was made with.
 */
export function instanceName({ password }: BrokerCredentials): string {
  return `reelight-${createHash('sha256').update(password).digest('hex').slice(0, 10)}`;
}
