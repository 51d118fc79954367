import { ConnectionError, sleep } from '../client/node.ts';
import { LocalError } from '../local/errors.ts';
import { portsFrom } from '../local/ports.ts';
import { UsageError } from './usage.ts';

const LOOK_MS = 10_000;
/** A Reelight that is there but not well may be starting, or mending itself. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 1_000;

export interface Reached {
  base: string;
  /** Whether it runs for this command's sake. */
  started: boolean;
  /** Aborted when what was started will never work, with the error that says why. */
  hopeless?: AbortSignal;
  /** Stops what was started for this; nothing where it ran before. */
  stop(): Promise<void>;
}

export interface Reach {
  base: string;
  /** Whether it is this machine's: then one may be started. */
  ours: boolean;
  /** Starts a Reelight that listens there. */
  start(): Promise<Reached>;
  note(line: string): void;
  signal: AbortSignal;
  patienceMs?: number;
}

/**
 * Which Reelight is meant: `--server`, REELIGHT_URL, or the one of this machine.
 *
 * @throws UsageError
 */
export function serverFrom(values: Record<string, unknown>, env: NodeJS.ProcessEnv): Pick<Reach, 'base' | 'ours'> {
  const [name, given] = values.server !== undefined ? ['--server', values.server] : ['REELIGHT_URL', env.REELIGHT_URL];
  if (given === undefined || (given === '' && name === 'REELIGHT_URL')) {
    return { base: `http://localhost:${portsFrom(env).edge}`, ours: true };
  }
  const url = URL.canParse(String(given)) ? new URL(String(given)) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return { base: url.origin, ours: false };
  throw new UsageError([`${name} ${given}: is no address such as https://reelight.example`]);
}

/**
 * Who asks, where people sign in: `--token`, or REELIGHT_TOKEN, which other users of this machine cannot see.
 *
 * @throws UsageError
 */
export function tokenFrom(values: Record<string, unknown>, env: NodeJS.ProcessEnv): string | undefined {
  const token = values.token === undefined ? env.REELIGHT_TOKEN : String(values.token);
  // What a header can hold.
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  if (token === '' && values.token === undefined) return undefined;
  throw new UsageError(['--token (or REELIGHT_TOKEN): is no token']);
}

/**
 * Finds the Reelight that is meant, or starts one where it is this machine's.
 *
 * @throws LocalError `port_in_use` and UsageError when something else listens there, ConnectionError when nothing does,
 * and whatever starting throws
 */
export async function reachServer({
  base,
  ours,
  start,
  note,
  signal,
  patienceMs = PATIENCE_MS,
}: Reach): Promise<Reached> {
  const until = Date.now() + patienceMs;
  for (let told = false; ; told = true) {
    const found = await look(base, signal);
    if (found === 'ok') return { base, started: false, stop: async () => {} };
    if (found === 'nobody' && !ours) throw new ConnectionError('unreachable', `Nothing answers at ${base}.`);
    if (found === 'nobody') {
      if (!told) note('Reelight does not run yet: starting it.');
      const started = await start().catch((error: unknown) => {
        // Another command is starting it at this moment: what it starts serves both.
        if (error instanceof LocalError && error.code === 'already_running' && Date.now() < until) return undefined;
        throw error;
      });
      if (started) return started;
      await sleep(AGAIN_MS, signal);
      continue;
    }
    if (found === 'stranger') {
      if (!ours) throw new UsageError([`${base}: what answers there is not Reelight`]);
      const { port } = new URL(base);
      const way = 'Stop that program, or choose another port for Reelight with PORT=…';
      throw new LocalError('port_in_use', `Port ${port} is used by a program that is not Reelight. ${way}`);
    }
    if (Date.now() >= until) {
      throw new LocalError('not_ready', `The Reelight at ${base} runs, but is not well: ${found.down}.`);
    }
    if (!told) note(`Waiting for the Reelight at ${base}: ${found.down} …`);
    await sleep(AGAIN_MS, signal);
  }
}

type Found = 'nobody' | 'ok' | 'stranger' | { down: string };

async function look(base: string, signal: AbortSignal): Promise<Found> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${base}/healthz`, { signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]) });
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DOMException && error.name === 'TimeoutError') return { down: 'it does not answer' };
    return isRefusal(error) ? 'nobody' : 'stranger';
  }
  // An edge whose services are still starting.
  if (response.status === 502 || response.status === 504) return { down: 'its services do not answer yet' };
  const health = healthIn(text);
  if (!health) return 'stranger';
  if (response.ok) return 'ok';
  const down = Object.entries(health).filter(([, state]) => state === 'down');
  return { down: down.map(([name]) => `${name} is down`).join(', ') || 'it says that it is not ready' };
}

/** What a Reelight says of what it depends on; nothing where something else answered. */
function healthIn(text: string): Record<string, unknown> | undefined {
  try {
    const health: unknown = JSON.parse(text);
    if (typeof health !== 'object' || health === null || !('dependencies' in health) || !('version' in health)) return;
    return typeof health.dependencies === 'object' && health.dependencies !== null
      ? { ...health.dependencies }
      : undefined;
  } catch {
    return undefined;
  }
}

const NOBODY: unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Nobody listens there, on any of the addresses of the host, or there is no such host. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && NOBODY.includes(cause.code);
}
