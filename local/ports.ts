import { createServer } from 'node:net';
import { LocalError } from './errors.ts';

export interface Ports {
  /** The page and the public API. */
  edge: number;
  emulator: number;
  broker: number;
  /** Where people sign in, if they do. */
  issuer: number;
}

/** The environment variable of each port, what listens there, and where by default. */
export const PORTS = {
  edge: { variable: 'PORT', what: 'the page and the API', usual: 8000 },
  emulator: { variable: 'REELIGHT_EMULATOR_PORT', what: 'the AWS emulator', usual: 4566 },
  broker: { variable: 'REELIGHT_BROKER_PORT', what: 'RabbitMQ', usual: 5682 },
  issuer: { variable: 'REELIGHT_ISSUER_PORT', what: 'the issuer', usual: 8001 },
} as const satisfies Record<keyof Ports, { variable: string; what: string; usual: number }>;

/** @throws LocalError `bad_setting` naming the variable */
export function portsFrom(env: NodeJS.ProcessEnv = process.env): Ports {
  const ports = {
    edge: portFrom(env, 'edge'),
    emulator: portFrom(env, 'emulator'),
    broker: portFrom(env, 'broker'),
    issuer: portFrom(env, 'issuer'),
  };
  const names = Object.keys(PORTS) as (keyof Ports)[];
  for (const [at, name] of names.entries()) {
    const twin = names.slice(0, at).find((other) => ports[other] === ports[name]);
    if (twin) {
      const both = `${PORTS[twin].variable} and ${PORTS[name].variable}`;
      throw new LocalError('bad_setting', `${both} are both ${ports[name]}: give each a port of its own.`);
    }
  }
  return ports;
}

function portFrom(env: NodeJS.ProcessEnv, name: keyof Ports): number {
  const { variable, usual } = PORTS[name];
  const value = env[variable];
  if (!value) return usual;
  const port = Number(value);
  if (/^\d+$/.test(value) && port >= 1 && port <= 65_535) return port;
  throw new LocalError('bad_setting', `${variable} must be a port from 1 to 65535, not "${value}".`);
}

/**
 * Makes sure that a port can be listened on, on both of the addresses that `localhost` stands for.
 *
 * @throws LocalError `port_in_use` naming the variable that chooses another
 */
export async function requireFreePort(name: keyof Ports, port: number): Promise<void> {
  const { variable, what } = PORTS[name];
  for (const address of ['127.0.0.1', '::1']) {
    const code = await tryListening(port, address);
    // A machine without IPv6 has nobody on it either.
    if (code === undefined || code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') continue;
    const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${code})`;
    throw new LocalError(
      'port_in_use',
      `Port ${port}, for ${what}, ${why}. Stop that program or choose another port: ${variable}=${await aFreeOne(port)}`,
    );
  }
}

/** Ports that nobody listens on, below the range that systems lend to outgoing connections. */
export async function freePorts(count: number, first = 21_000, last = 31_000): Promise<number[]> {
  const found: number[] = [];
  // From a random place on, so that two pipelines that start at once hardly meet.
  let port = first + Math.floor(Math.random() * (last - first - 200));
  for (; found.length < count && port <= last; port++) {
    if ((await tryListening(port, '127.0.0.1')) === undefined) found.push(port);
  }
  return found;
}

async function aFreeOne(after: number): Promise<number> {
  const [port] = await freePorts(1, after + 1, after + 300);
  return port ?? after + 1;
}

/** The error's code when it cannot be listened on. */
function tryListening(port: number, address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
