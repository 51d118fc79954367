import { sleep } from '../client/index.ts';
import { LocalError } from '../local/errors.ts';

const LOOK_MS = 10_000;
/** A Reelight that is there but not well may be starting, or mending itself. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 1_000;

export interface Reached {
  base: string;
  /** Whether it runs for this command's sake. */
  started: boolean;
  /** Stops what was started for this; nothing where it ran before. */
  stop(): Promise<void>;
}

export interface Reach {
  port: number;
  /** Starts a Reelight that listens on that port. */
  start(): Promise<Reached>;
  note(line: string): void;
  signal: AbortSignal;
  patienceMs?: number;
}

/**
 * Finds the Reelight that runs on this machine, or starts one.
 *
 * @throws LocalError `port_in_use` when something else listens there, and whatever starting throws
 */
export async function reachServer({ port, start, note, signal, patienceMs = PATIENCE_MS }: Reach): Promise<Reached> {
  const base = `http://localhost:${port}`;
  const until = Date.now() + patienceMs;
  for (let told = false; ; told = true) {
    const found = await look(base, signal);
    if (found === 'ok') return { base, started: false, stop: async () => {} };
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

/** Nobody listens there, on any of the addresses of `localhost`. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
