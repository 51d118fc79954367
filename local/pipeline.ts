import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Outputs } from '../infra/outputs.ts';
import { brokerAddress } from './broker-address.ts';
import { logsIn } from './broker-login.ts';
import { deploy, signInAt } from './deploy.ts';
import { composePart } from './docker.ts';
import { LocalError } from './errors.ts';
import { requireFfmpeg } from './ffmpeg.ts';
import { type Home, homeFrom, readable } from './home.ts';
import { type Ports, portsFrom, requireFreePort } from './ports.ts';
import type { ServicePlace } from './service-environment.ts';
import { brokerParts } from './services/broker.ts';
import { emulatorPart, isHealthy } from './services/emulator.ts';
import { issuerParts } from './services/issuer.ts';
import { nodePart } from './services/node-part.ts';
import { workerPart } from './services/worker.ts';
import { tryLock } from './setup/lock.mjs';
import { signInFrom } from './sign-in.ts';
import { type Part, until } from './supervisor/part.ts';
import { endLeftovers, runsElsewhere } from './supervisor/records.ts';
import { type Supervisor, supervise } from './supervisor.ts';

/** A worker that cannot start dies at once, again and again. */
const DEATHS_TO_GIVE_UP = 3;
const HEALTHY_MS = 60_000;
const OTHERS_MS = 30_000;

export interface PipelineOptions {
  /** Where and how: REELIGHT_HOME, the ports' variables, WORKERS, RABBITMQ_URL, REELIGHT_EMULATOR_URL, ALLOWED_ORIGINS, AUTH. */
  env?: NodeJS.ProcessEnv;
  /** Emulator and broker in containers. */
  docker?: boolean;
  /** Told what goes on, a line at a time. */
  note: (line: string) => void;
  /** Gives up starting. */
  signal?: AbortSignal;
}

export interface Addresses {
  /** The page and the public API. */
  base: string;
  docs: string;
  webSocket: string;
  emulator: string;
  broker: string;
  /** Where people sign in; undefined where nobody does. */
  issuer: string | undefined;
  /** A folder. */
  logs: string;
}

export interface Pipeline {
  outputs: Outputs;
  addresses: Addresses;
  workers: number;
  /** Aborted when a part of it ends whenever it is started, with the LocalError that says why: it will never work. */
  hopeless: AbortSignal;
  /** The process of each part; all of the part is the process group of that number. */
  pids(): Record<string, number>;
  /** Stops all that was started here, and nothing else. */
  stop(): Promise<void>;
  /** Kills all that was started here, at once. */
  kill(): void;
}

/**
 * Brings up the whole pipeline on this machine: emulator and broker, the stacks, the workers, the bridge and the edge.
 * What runs by itself already (`npm run start:broker`) is used and left alone. Returns when all of it answers.
 *
 * @throws LocalError one line that says what to do; nothing is left running then
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { env = process.env, note, signal } = options;
  const place = { env, home: homeFrom(env), ports: portsFrom(env) };
  const { home, ports } = place;
  const workers = workersFrom(env);
  await requireFfmpeg(env);
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  const lock = lockHome(home, ports);
  const hopeless = new AbortController();
  const supervisor = supervise({
    logs: home.logs,
    run: home.run,
    report: note,
    onRestart: (part) => onRestart(part),
    onHopeless: (error) => hopeless.abort(error),
  });
  // What has to be done anew after the emulator died; not before the first deployment.
  let onRestart = (_part: string) => {};
  const stop = async () => {
    onRestart = () => {};
    await supervisor.stop();
    lock.release();
  };
  try {
    await endLeftovers(home.run);
    const { outputs, services } = await abortable(signal, async () => {
      const outputs = await startServers(supervisor, place, options);
      note(`Starting ${workers === 1 ? 'a worker' : `${workers} workers`}, the bridge and the edge …`);
      const services = () => serviceParts(place, workers).filter(({ name }) => !runsElsewhere(home.run, name));
      await supervisor.start(services());
      await healthy(supervisor, place);
      return { outputs, services };
    });
    onRestart = recovery(supervisor, place, note, services);
    return {
      outputs,
      addresses: addressesOf(place),
      workers,
      hopeless: hopeless.signal,
      pids: supervisor.pids,
      stop,
      kill: supervisor.kill,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Emulator and broker, side by side, and the stacks as soon as the emulator is there. All ports are looked at before
 * anything is started.
 */
async function startServers(supervisor: Supervisor, place: ServicePlace, { docker, note }: PipelineOptions) {
  const { home, ports, env } = place;
  const address = brokerAddress(home, ports, env);
  const elsewhere = (part: string) => runsElsewhere(home.run, part) !== undefined;
  const ours = { emulator: !elsewhere('emulator'), broker: !elsewhere('broker') && !address.external };
  if (!elsewhere('edge')) await requireFreePort('edge', ports.edge);
  if (ours.emulator) await requireFreePort('emulator', ports.emulator);
  if (ours.broker) await requireFreePort('broker', ports.broker);

  const issuer = issuerParts(place).filter(({ name }) => !elsewhere(name));
  if (issuer.length > 0) await requireFreePort('issuer', ports.issuer);

  const containers = docker ? [composePart(place)] : [];
  const broker = ours.broker && !docker ? await brokerParts(place) : [];
  const started = [ours.emulator && 'the AWS emulator', ours.broker && 'RabbitMQ'].filter(Boolean).join(' and ');
  if (started) note(`Starting ${started} …`);
  if (docker) await supervisor.start(containers);
  await supervisor.start(issuer);
  const [outputs] = await Promise.all([
    (async () => {
      if (ours.emulator && !docker) await supervisor.start([emulatorPart(place)]);
      await others('The emulator', (patience) => isHealthy(ports.emulator, patience));
      return deployTo(place, note);
    })(),
    (async () => {
      for (const part of broker) await supervisor.start([part]);
      await others(`The broker at ${address.url}`, () => logsIn(address));
    })(),
  ]);
  return outputs;
}

/** Somebody else's server may be starting, too. @throws LocalError `not_ready` */
async function others(what: string, answers: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  await until(answers, AbortSignal.timeout(OTHERS_MS)).catch(() => {
    throw new LocalError('not_ready', `${what} does not answer, or refuses our user: see that it runs.`);
  });
}

function deployTo(place: ServicePlace, note: (line: string) => void): Promise<Outputs> {
  const { home, ports, env } = place;
  return deploy({
    home: home.root,
    emulatorPort: ports.emulator,
    emulatorUrl: env.REELIGHT_EMULATOR_URL,
    broker: brokerAddress(home, ports, env),
    allowedOrigins: env.ALLOWED_ORIGINS,
    signIn: signInAt(place),
    log: note,
  });
}

function serviceParts(place: ServicePlace, workers: number): Part[] {
  return [
    ...Array.from({ length: workers }, (_, at) => workerPart(`worker-${at + 1}`, place)),
    nodePart('bridge', 'bridge', place),
    {
      ...nodePart('edge', 'edge', place),
      ready: (signal) => until(async (patience) => (await askHealth(place.ports, patience)) > 0, signal),
    },
  ];
}

/**
 * An emulator that was killed comes back with the state of its last good end, or none: the stacks are deployed again,
 * and the services start anew, since the emulator has forgotten the sessions of their roles.
 */
function recovery(supervisor: Supervisor, place: ServicePlace, note: (line: string) => void, services: () => Part[]) {
  let last = Promise.resolve();
  return (part: string) => {
    if (part !== 'emulator' && part !== 'containers') return;
    last = last
      .then(() => deployTo(place, note))
      .then(async () => {
        const renewed = new Map(services().map((service) => [service.name, service]));
        const names = Object.keys(supervisor.pids()).filter((name) => renewed.has(name));
        await Promise.all(names.map((name) => supervisor.restart(name, (old) => renewed.get(name) ?? old)));
        note('Everything runs again. What changed since the emulator was started is lost.');
      })
      .catch((error) => note(`The stacks could not be deployed again: ${String(error)}`));
  };
}

/** Waits until the API says that all it depends on is there, a worker too. */
async function healthy(supervisor: Supervisor, { home, ports }: ServicePlace): Promise<void> {
  const late = AbortSignal.timeout(HEALTHY_MS);
  const failing = () => Object.entries(supervisor.deaths()).find(([, deaths]) => deaths >= DEATHS_TO_GIVE_UP)?.[0];
  await until(async (patience) => failing() !== undefined || (await isWell(ports, patience)), late).catch(() => {
    throw new LocalError(
      'not_ready',
      `Not everything works yet, see ${readable(home.logs)} and ${baseOf(ports)}/healthz.`,
    );
  });
  const part = failing();
  if (part) throw new LocalError('part_failed', supervisor.whyItEnds(part));
}

/** Whether everything answers. It is by the workers that the broker is seen. */
async function isWell(ports: Ports, signal: AbortSignal): Promise<boolean> {
  const answer = await fetch(`${baseOf(ports)}/healthz`, { signal });
  const { dependencies } = (await answer.json()) as { dependencies?: Record<string, string> };
  return answer.ok && dependencies?.broker === 'up';
}

/** The status of /healthz. */
async function askHealth(ports: Ports, signal: AbortSignal): Promise<number> {
  const answer = await fetch(`${baseOf(ports)}/healthz`, { signal });
  await answer.body?.cancel();
  return answer.status;
}

function lockHome({ run, root }: Home, ports: Ports): { release(): void } {
  const lock = tryLock(join(run, 'pipeline.lock'));
  if ('release' in lock) return lock;
  const where = `${baseOf(ports)} from ${readable(root)}, process ${lock.holder.pid}`;
  throw new LocalError(
    'already_running',
    `Reelight runs already (${where}). Use that one, or give this one a REELIGHT_HOME and ports of its own.`,
  );
}

function workersFrom({ WORKERS }: NodeJS.ProcessEnv): number {
  const workers = Number(WORKERS || 2);
  if (Number.isInteger(workers) && workers >= 1 && workers <= 64) return workers;
  throw new LocalError('bad_setting', `WORKERS must be a whole number from 1 to 64, not "${WORKERS}".`);
}

const baseOf = (ports: Ports) => `http://localhost:${ports.edge}`;

function addressesOf({ home, ports, env }: ServicePlace): Addresses {
  const base = baseOf(ports);
  return {
    base,
    docs: `${base}/docs`,
    webSocket: `${base.replace('http', 'ws')}/ws/{client_id}`,
    emulator: `http://localhost:${ports.emulator}`,
    broker: brokerAddress(home, ports, env).url,
    issuer: signInFrom(env, ports)?.issuer,
    logs: readable(home.logs),
  };
}

/** @throws the signal's reason as soon as there is one */
function abortable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const working = work();
  if (!signal) return working;
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    working.then(resolve, reject);
  });
}
