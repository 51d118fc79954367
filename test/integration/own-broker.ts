import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect } from 'amqplib';

/** A private RabbitMQ node in a folder of its own, for tests that stop, kill and starve their broker. */
export interface OwnBroker {
  /** `amqp://127.0.0.1:<port>`, without credentials. */
  url: string;
  port: number;
  credentials: { username: string; password: string };
  /** Starts the node again and waits until it answers. */
  start(): Promise<void>;
  /** Stops it in good order. */
  stop(): Promise<void>;
  /** SIGKILL: what a lost machine looks like. */
  kill(): Promise<void>;
  /** Runs rabbitmqctl against the node and answers what it prints. */
  ctl(...args: string[]): Promise<string>;
  /** Kills the node and deletes all it left. */
  remove(): Promise<void>;
}

const START_MS = 60_000;
/** Below the range that systems lend to outgoing connections, so that nobody takes the port during a restart. */
const FIRST_PORT = 14_900;
const LAST_PORT = 14_999;

export async function startOwnBroker(): Promise<OwnBroker> {
  const tools = await rabbitTools();
  const home = await mkdtemp(join(tmpdir(), 'reelight-broker-'));
  const [port, distPort, epmdPort] = await freePorts();
  const credentials = { username: 'reelight', password: randomBytes(16).toString('hex') };
  const env = await nodeEnvironment(home, credentials, { port, distPort, epmdPort });
  const url = `amqp://127.0.0.1:${port}`;

  // Kills and deletes when our end of its stdin closes, which happens however this process ends.
  const reaper = spawn(process.execPath, [fileURLToPath(new URL('reap-broker.ts', import.meta.url)), home], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  // The node would otherwise start an epmd that outlives it.
  const epmd = spawn(tools.epmd, ['-port', String(epmdPort), '-address', '127.0.0.1'], { env, stdio: 'ignore' });
  await notePid(home, 'epmd', epmd);

  let node: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals) => {
    if (!node || node.exitCode !== null || node.signalCode !== null) return;
    const exited = once(node, 'exit');
    node.kill(signal);
    await exited;
  };
  const broker: OwnBroker = {
    url,
    port,
    credentials,
    async start() {
      node = spawn(tools.server, [], { env, cwd: home, stdio: 'ignore' });
      await notePid(home, 'node', node);
      await answering(
        node,
        url.replace('//', `//${credentials.username}:${credentials.password}@`),
        logFile(home, port),
      );
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async ctl(...args) {
      const { stdout } = await promisify(execFile)(tools.ctl, ['--quiet', ...args], { env });
      return stdout;
    },
    async remove() {
      await end('SIGKILL');
      epmd.kill('SIGKILL');
      const reaped = once(reaper, 'exit');
      reaper.stdin.end();
      await reaped;
    },
  };
  try {
    await broker.start();
  } catch (error) {
    await broker.remove();
    throw error;
  }
  return broker;
}

async function nodeEnvironment(
  home: string,
  { username, password }: OwnBroker['credentials'],
  { port, distPort, epmdPort }: Record<'port' | 'distPort' | 'epmdPort', number>,
): Promise<NodeJS.ProcessEnv> {
  await mkdir(join(home, 'log'));
  await writeFile(join(home, 'plugins'), '[].\n');
  await writeFile(join(home, 'rabbitmq-env.conf'), '');
  await writeFile(join(home, 'rabbitmq.conf'), `default_user = ${username}\ndefault_pass = ${password}\n`, {
    mode: 0o600,
  });
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: home,
    // Makes the start script become the server instead of waiting for it, so that signals reach the server.
    RUNNING_UNDER_SYSTEMD: 'true',
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: nodeName(port),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_CONF_ENV_FILE: join(home, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'plugins'),
    RABBITMQ_MNESIA_BASE: join(home, 'data'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
  };
}

/** Resolves when the node accepts our user; throws with its log when it ends first or takes too long. */
async function answering(node: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      const connection = await connect(url, { timeout: 5_000 });
      await connection.close();
      return;
    } catch (cause) {
      if (node.exitCode === null && node.signalCode === null && Date.now() < deadline) {
        await sleep(100);
        continue;
      }
      const log = await readFile(logFile, 'utf8').catch(() => '(it wrote no log)');
      throw new Error(`The private RabbitMQ node did not start:\n${log.slice(-2_000)}`, { cause });
    }
  }
}

const nodeName = (port: number) => `reelight-${port}@localhost`;
const logFile = (home: string, port: number) => join(home, 'log', `${nodeName(port)}.log`);

/** Debian keeps the scripts that do not insist on the system's service away from PATH. */
async function rabbitTools(): Promise<{ server: string; ctl: string; epmd: string }> {
  const folders = ['/usr/lib/rabbitmq/bin', ...(process.env.PATH ?? '').split(delimiter)];
  const find = async (tool: string) => {
    for (const folder of folders) {
      const path = join(folder, tool);
      const found = await access(path).then(
        () => true,
        () => false,
      );
      if (found) return path;
    }
    throw new Error(`${tool} was not found. Install RabbitMQ (Debian: apt-get install rabbitmq-server).`);
  };
  return { server: await find('rabbitmq-server'), ctl: await find('rabbitmqctl'), epmd: await find('epmd') };
}

async function freePorts(): Promise<[number, number, number]> {
  const free: number[] = [];
  const offset = process.pid % (LAST_PORT - FIRST_PORT + 1);
  for (let i = 0; i <= LAST_PORT - FIRST_PORT; i++) {
    const port = FIRST_PORT + ((offset + i) % (LAST_PORT - FIRST_PORT + 1));
    if (await isFree(port)) free.push(port);
    const [a, b, c] = free;
    if (a && b && c) return [a, b, c];
  }
  throw new Error(`No three free ports between ${FIRST_PORT} and ${LAST_PORT}: end other test runs.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function notePid(home: string, name: string, child: ChildProcess): Promise<void> {
  await once(child, 'spawn');
  await writeFile(join(home, `${name}.pid`), String(child.pid));
}
