import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { readNoArguments } from '../arguments.ts';
import { type BrokerAddress, brokerAddress } from '../broker-address.ts';
import { logsIn } from '../broker-login.ts';
import type { BrokerCredentials } from '../credentials.ts';
import { instanceName, PULL_MS } from '../docker.ts';
import { LocalError } from '../errors.ts';
import type { Home } from '../home.ts';
import { freePorts, type Ports } from '../ports.ts';
import { runAlone } from '../run-alone.ts';
import { type ServicePlace, withoutCloud } from '../service-environment.ts';
import { findProgram, findRabbitmq } from '../setup/tools.mjs';
import { type Part, until } from '../supervisor/part.ts';

/** Also what localstack-compose.yml runs. */
export const RABBITMQ_IMAGE = 'rabbitmq:4.2.9';
const NODE = 'reelight@localhost';
const HASHING = 'rabbit_password_hashing_sha256';

/**
 * RabbitMQ, as a private server: its own name server, ports, user and data, nothing of a system's broker. In Docker
 * where it is not installed. Nothing where RABBITMQ_URL names somebody else's.
 *
 * @returns parts to start one after the other
 * @throws LocalError `missing_tool` when there is no way to run it
 */
export async function brokerParts(place: ServicePlace): Promise<Part[]> {
  const { home, ports, env } = place;
  const address = brokerAddress(home, ports, env);
  if (address.external) return [];
  const tools = findRabbitmq(env);
  if (!tools) return [dockerPart(place, address)];
  const [distribution, nameServer] = await freePorts(2);
  if (!distribution || !nameServer) throw new LocalError('port_in_use', 'No free port is left for RabbitMQ.');
  const erlang = erlangEnvironment(home, nameServer, env);
  return [
    {
      name: 'epmd',
      command: tools.epmd,
      args: ['-port', String(nameServer), '-address', '127.0.0.1'],
      env: erlang,
      ready: (signal) => until(() => accepts(nameServer), signal),
      stopMs: 2_000,
    },
    {
      name: 'broker',
      command: tools.server,
      args: [],
      cwd: home.root,
      env: { ...erlang, ...nodeEnvironment(home, distribution) },
      prepare: () => prepare(home, ports, address),
      ready: (signal) => until(() => logsIn(address), signal),
      stopMs: 20_000,
    },
  ];
}

/** Everything that is Erlang's. A name server of our own: the system's one is shared, and would outlive us. */
function erlangEnvironment(home: Home, nameServer: number, env: NodeJS.ProcessEnv): Record<string, string> {
  return {
    PATH: env.PATH ?? '',
    // Where the cookie is.
    HOME: home.broker.root,
    LANG: 'C.UTF-8',
    ERL_EPMD_PORT: String(nameServer),
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
}

function nodeEnvironment({ broker }: Home, distribution: number): Record<string, string> {
  return {
    RABBITMQ_NODENAME: NODE,
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_MNESIA_BASE: broker.data,
    RABBITMQ_LOG_BASE: broker.root,
    RABBITMQ_CONFIG_FILE: broker.config,
    RABBITMQ_ENABLED_PLUGINS_FILE: broker.plugins,
    // None of the system's.
    RABBITMQ_CONF_ENV_FILE: `${broker.config}.none`,
    RABBITMQ_ADVANCED_CONFIG_FILE: `${broker.config}.none.config`,
  };
}

/** Everything that RabbitMQ reads from a file is set here; the user and its password are in the definitions. */
export function brokerConfig(port: number, definitions: string): string {
  return [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    // Read at every start, so that the password is always the one we hold. With it there is no user "guest".
    `load_definitions = ${definitions}`,
    'log.console = true',
    'log.console.level = info',
    'log.file = false',
    '',
  ].join('\n');
}

/** One virtual host and one user, who may do everything in it. https://www.rabbitmq.com/docs/definitions */
export function brokerDefinitions({ username, password }: BrokerCredentials): string {
  return JSON.stringify({
    vhosts: [{ name: '/' }],
    users: [{ name: username, password_hash: passwordHash(password), hashing_algorithm: HASHING, tags: '' }],
    permissions: [{ user: username, vhost: '/', configure: '.*', write: '.*', read: '.*' }],
  });
}

/** Salt, and SHA-256 of salt and password. https://www.rabbitmq.com/docs/passwords#computing-password-hash */
export function passwordHash(password: string, salt = randomBytes(4)): string {
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64');
}

function prepare({ broker }: Home, ports: Ports, user: BrokerCredentials): void {
  mkdirSync(broker.root, { recursive: true, mode: 0o700 });
  mkdirSync(broker.data, { recursive: true });
  writeFileSync(broker.config, brokerConfig(ports.broker, broker.definitions));
  writeFileSync(broker.definitions, brokerDefinitions(user), { mode: 0o600 });
  writeFileSync(broker.plugins, '[].\n');
  // Before the server does it: what Erlang makes up is weak.
  if (!existsSync(broker.cookie)) writeFileSync(broker.cookie, randomBytes(32).toString('hex'), { mode: 0o400 });
}

/** RabbitMQ 4 where it is not installed but Docker is. The password travels by environment, not by arguments. */
function dockerPart({ home, ports, env }: ServicePlace, address: BrokerAddress): Part {
  const docker = findProgram('docker', { path: env.PATH });
  if (!docker) {
    throw new LocalError('missing_tool', 'RabbitMQ is missing: install it (npm run setup), or set RABBITMQ_URL.');
  }
  const name = `${instanceName(address)}-broker`;
  return {
    name: 'broker',
    command: docker,
    args: [
      ...['run', '--rm', '--name', name, '--hostname', 'reelight'],
      ...['--publish', `127.0.0.1:${ports.broker}:5672`, '--volume', `${name}:/var/lib/rabbitmq`],
      ...['--env', 'RABBITMQ_DEFAULT_USER', '--env', 'RABBITMQ_DEFAULT_PASS', RABBITMQ_IMAGE],
    ],
    env: {
      ...withoutCloud(env),
      RABBITMQ_DEFAULT_USER: address.username,
      RABBITMQ_DEFAULT_PASS: address.password,
    },
    cwd: home.root,
    ready: (signal) => until(() => logsIn(address), signal),
    startMs: PULL_MS,
    stopMs: 20_000,
  };
}

/** Whether anybody listens. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1');
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

if (import.meta.main) {
  readNoArguments(
    'Usage: npm run start:broker\n\nRuns RabbitMQ alone, until Ctrl-C. Environment: REELIGHT_BROKER_PORT (5682).',
  );
  await runAlone(brokerParts, 'broker');
}
