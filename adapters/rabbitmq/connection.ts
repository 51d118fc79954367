import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, connect, type SocketOptions, credentials as sasl } from 'amqplib';
import type { Log } from '../../core/log.ts';
import { BrokerMisconfigured } from './errors.ts';
import { backoff, unlessAborted, within } from './waiting.ts';

/** Longest time for one attempt: TCP, TLS, login and whatever `prepare` does. */
const ATTEMPT_MS = 10_000;
const CLOSE_MS = 2_000;
const TICK_MS = 5_000;

export interface Credentials {
  username: string;
  password: string;
}

export interface Target {
  /** `amqp[s]://host:port/vhost`, heartbeat included, without credentials. */
  url: URL;
  /** A function is asked again at every attempt, so that rotated credentials are picked up. */
  credentials: Credentials | (() => Promise<Credentials>);
  /** What the broker's tools show. */
  name: string;
  heartbeatSeconds: number;
}

/** One live connection, and what `prepare` made on it. */
export interface Session<T> {
  value: T;
  model: ChannelModel;
  /** Aborts when the connection is gone. */
  lost: AbortSignal;
  /** The broker is short of memory or disk and takes no messages. */
  blocked(): boolean;
  /** Declares the connection dead: whoever asks next gets another. */
  drop(reason: Error): void;
}

export interface KeptConnection<T> {
  /**
   * The live connection, waiting for one while there is none or it is blocked.
   *
   * @throws BrokerMisconfigured at once; the signal's reason; an error after `close`.
   */
  session(signal: AbortSignal): Promise<Session<T>>;
  state(): 'up' | 'down';
  /** Why there is no connection, as far as known. */
  failure(): unknown;
  close(): Promise<void>;
}

/**
 * Keeps one connection to the broker: connects, prepares it, and connects again with backoff and jitter whenever it is
 * lost, until `close`. amqplib's own recovery does less than is needed here: it neither bounds an attempt nor can it be
 * told that a connection is dead, which is what a thawed Lambda has to say.
 */
export function keepConnection<T>(
  target: Target,
  log: Log,
  prepare: (model: ChannelModel, drop: (reason: Error) => void) => Promise<T>,
): KeptConnection<T> {
  const closing = new AbortController();
  let current: Session<T> | undefined;
  let failure: unknown;
  let changed = Promise.withResolvers<void>();
  const announce = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  const where = { broker: target.url.host, connection: target.name };
  const keep = async () => {
    for (let failures = 0; !closing.signal.aborted; ) {
      try {
        const session = await openSession(target, prepare, announce, closing.signal);
        if (closing.signal.aborted) return session.drop(closing.signal.reason);
        failures = 0;
        failure = undefined;
        current = session;
        log.info('Connected to the broker', where);
        announce();
        await end(session.lost);
        if (closing.signal.aborted) return;
        failure = session.lost.reason;
        log.warn('Lost the broker', { ...where, reason: messageOf(failure) });
      } catch (error) {
        if (closing.signal.aborted) return;
        failure = error;
        failures += 1;
        // It may take hours: say it at the 1st, 2nd, 4th, 8th … attempt.
        if (Number.isInteger(Math.log2(failures))) {
          log.warn('The broker cannot be reached', { ...where, failures, reason: messageOf(error) });
        }
      }
      current = undefined;
      announce();
      await sleep(backoff(failures), undefined, { signal: closing.signal }).catch(() => {});
    }
  };
  const running = keep();

  // Timers do not run in a frozen process. One that slept longer than the broker waits for a heartbeat was given up
  // by the broker, even if its socket does not know yet.
  let lastTick = Date.now();
  const tick = () => {
    const asleep = Date.now() - lastTick;
    lastTick = Date.now();
    if (asleep > target.heartbeatSeconds * 1_000 + TICK_MS) current?.drop(new Error('the process was frozen'));
  };
  const ticking = setInterval(tick, TICK_MS).unref();

  return {
    async session(signal) {
      tick();
      for (;;) {
        closing.signal.throwIfAborted();
        if (current && !current.lost.aborted && !current.blocked()) return current;
        if (failure instanceof BrokerMisconfigured) throw failure;
        await unlessAborted(changed.promise, signal);
      }
    },
    state: () => (current && !current.lost.aborted && !current.blocked() ? 'up' : 'down'),
    failure: () => failure,
    async close() {
      if (closing.signal.aborted) return;
      clearInterval(ticking);
      const last = current;
      closing.abort(new Error('the connection to the broker was closed'));
      announce();
      if (last && !last.lost.aborted) {
        await within(CLOSE_MS, last.model.close()).catch(() => {});
        last.drop(closing.signal.reason);
      }
      await running;
    },
  };
}

async function openSession<T>(
  target: Target,
  prepare: (model: ChannelModel, drop: (reason: Error) => void) => Promise<T>,
  onChange: () => void,
  closing: AbortSignal,
): Promise<Session<T>> {
  // One signal says that the connection is gone and destroys its socket, so neither can be without the other.
  const lost = new AbortController();
  const drop = (reason: unknown) => lost.abort(reason);
  const onClosing = () => drop(closing.reason);
  closing.addEventListener('abort', onClosing, { once: true });
  const tooLate = setTimeout(() => drop(new Error(`not connected within ${ATTEMPT_MS} ms`)), ATTEMPT_MS);
  let blocked = false;
  try {
    const model = await open(target, lost.signal, drop);
    const setBlocked = (to: boolean) => {
      blocked = to;
      onChange();
    };
    model.on('blocked', () => setBlocked(true));
    model.on('unblocked', () => setBlocked(false));
    const value = await prepare(model, drop);
    lost.signal.throwIfAborted();
    return { value, model, lost: lost.signal, blocked: () => blocked, drop };
  } catch (error) {
    drop(error);
    throw lost.signal.reason;
  } finally {
    clearTimeout(tooLate);
    closing.removeEventListener('abort', onClosing);
  }
}

async function open(target: Target, signal: AbortSignal, drop: (reason: Error) => void): Promise<ChannelModel> {
  const { username, password } =
    typeof target.credentials === 'function' ? await unlessAborted(target.credentials(), signal) : target.credentials;
  const options: SocketOptions & { signal: AbortSignal } = {
    // Beside the URL and not in it, so that no message that names the URL can give them away.
    credentials: sasl.plain(username, password),
    clientProperties: { connection_name: target.name },
    noDelay: true,
    keepAlive: true,
    keepAliveDelay: 30_000,
    signal,
  };
  const opening = connect(target.url.href, options).then((model) => {
    model.on('error', drop);
    model.on('close', (error?: Error) => drop(error ?? new Error('the broker closed the connection')));
    return model;
  });
  return unlessAborted(opening, signal);
}

function end(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
