import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brokerAddress } from '../../local/broker-address.ts';
import { homeFrom } from '../../local/home.ts';
import { freePorts } from '../../local/ports.ts';
import { withoutCloud } from '../../local/service-environment.ts';
import { brokerParts } from '../../local/services/broker.ts';
import { launch, type Running } from '../../local/supervisor/child.ts';
import { type Part, until } from '../../local/supervisor/part.ts';
import { forgetRunning, noteRunning } from '../../local/supervisor/records.ts';

/** A private RabbitMQ server in a folder of its own, for tests that stop, kill and starve their broker. */
export interface OwnBroker {
  /** `amqp://127.0.0.1:<port>`, without credentials. */
  url: string;
  port: number;
  credentials: { username: string; password: string };
  /** Starts the server again and waits until it answers. */
  start(): Promise<void>;
  /** Stops it in good order. */
  stop(): Promise<void>;
  /** SIGKILL: what a lost machine looks like. */
  kill(): Promise<void>;
  /** Runs rabbitmqctl against it and answers what that prints. */
  ctl(...args: string[]): Promise<string>;
  /** Kills it and deletes all it left. Happens by itself when this process ends, however it ends. */
  remove(): Promise<void>;
}

/** On a busy machine; an idle one takes less than ten seconds. */
const START_MS = 300_000;

/** The recipe is the one-machine broker's; only the folder, the port and the life are its own. */
export async function startOwnBroker(): Promise<OwnBroker> {
  const root = await mkdtemp(join(tmpdir(), 'reelight-broker-'));
  // In a group of its own, so that a Ctrl-C that ends us lets it work.
  const reaper = spawn(process.execPath, [fileURLToPath(new URL('reap-broker.ts', import.meta.url)), root], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  const reap = async () => {
    const reaped = once(reaper, 'exit');
    reaper.stdin.end();
    await reaped;
  };
  try {
    return await startIn(root, reap);
  } catch (error) {
    await reap();
    throw error;
  }
}

async function startIn(root: string, reap: () => Promise<void>): Promise<OwnBroker> {
  const env = withoutCloud(process.env);
  const home = homeFrom({ ...env, REELIGHT_HOME: root });
  const [port] = await freePorts(1);
  if (!port) throw new Error('No port is free.');
  const ports = { edge: 0, emulator: 0, broker: port, issuer: 0 };
  const { url, username, password } = brokerAddress(home, ports, env);
  const parts = await brokerParts({ home, ports, env });
  const [nameServer, server] = parts;
  if (!nameServer || !server) throw new Error('These tests need RabbitMQ installed on this machine: npm run setup.');

  const running = new Map<Part, Running>();
  const start = async (part: Part) => running.set(part, await startPart(part, home.run));
  const end = async (part: Part, how: 'stop' | 'kill') => {
    const life = running.get(part);
    if (how === 'kill') life?.kill();
    else await life?.stop();
    await life?.exited;
    running.delete(part);
    forgetRunning(home.run, part.name);
  };
  const endServer = async (how: 'stop' | 'kill') => {
    await end(server, how);
    // The start script may be gone a moment before the server that it started.
    await until(async () => !(await accepts(port)), AbortSignal.timeout(START_MS));
  };
  const broker: OwnBroker = {
    url,
    port,
    credentials: { username, password },
    async start() {
      await start(server);
    },
    stop: () => endServer('stop'),
    kill: () => endServer('kill'),
    async ctl(...args) {
      const command = join(dirname(server.command), 'rabbitmqctl');
      const { stdout } = await promisify(execFile)(command, ['--quiet', ...args], { env: server.env });
      return stdout;
    },
    async remove() {
      for (const part of [server, nameServer]) await end(part, 'kill');
      await reap();
    },
  };
  try {
    await start(nameServer);
    await start(server);
    return broker;
  } catch (error) {
    for (const part of [server, nameServer]) await end(part, 'kill');
    throw error;
  }
}

/** Resolves once it serves; throws with the end of what it printed when it ends first or takes too long. */
async function startPart(part: Part, records: string): Promise<Running> {
  await part.prepare?.();
  let printed = '';
  const running = await launch(part, (chunk) => {
    printed = (printed + chunk.toString()).slice(-2_000);
  });
  noteRunning(records, part.name, running.pid);
  const ended = running.exited.then((how) => Promise.reject(new Error(`it ended: ${how}`)));
  try {
    await Promise.race([part.ready?.(AbortSignal.timeout(START_MS)), ended]);
    ended.catch(() => {});
    return running;
  } catch (cause) {
    running.kill();
    throw new Error(`The private ${part.name} did not start:\n${printed}`, { cause });
  }
}

/** Whether anybody listens. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
