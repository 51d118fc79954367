import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { KeptConnection, Session } from '../../adapters/rabbitmq/connection.ts';
import { ensureTopology } from '../../adapters/rabbitmq/topology.ts';
import { backoff, within } from '../../adapters/rabbitmq/waiting.ts';
import type { Log } from '../../core/log.ts';
import { type BatchLimits, batches } from './batches.ts';
import { type EventSource, type RabbitMqRecord, rabbitMqEvent, rabbitMqRecord } from './event.ts';
import type { Invoke } from './invoke.ts';

/** A live broker answers in milliseconds. */
const ANSWER_MS = 10_000;
const AGAIN_MS = 1_000;

/** Lambda takes 6 MB a call; some of it is for what is around the records. */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024 - 1024;

/** As the mapping in AWS: batches of ten, or what came within a moment. */
export const LIMITS: BatchLimits = { count: 10, bytes: MAX_EVENT_BYTES, windowMs: 300 };

export interface BridgeSettings {
  connection: KeptConnection<null>;
  source: EventSource;
  invoke: Invoke;
  log: Log;
  limits?: BatchLimits;
  /** Ends the bridge. */
  signal: AbortSignal;
  /** How long the execution that is under way then may take to end. */
  graceMs: number;
}

interface Held {
  message: ConsumeMessage;
  record: RabbitMqRecord;
}

/**
 * Does what an Amazon MQ event source mapping does in AWS: takes messages off a queue in batches, runs the function on
 * one batch at a time, gives it the whole batch again, after a while, for as long as that fails, and acknowledges only
 * what it has worked on. A batch whose connection is lost goes back to the queue by itself.
 */
export async function runBridge(settings: BridgeSettings): Promise<void> {
  const { connection, signal, graceMs, log } = settings;
  const abandon = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => abandon.abort(signal.reason), graceMs).unref(), {
    once: true,
  });
  while (!signal.aborted) {
    let session: Session<null> | undefined;
    try {
      session = await connection.session(signal);
      await bridgeOver(session, settings, abandon.signal);
    } catch (error) {
      if (signal.aborted) return;
      // No answer in time: the connection is dead, whatever it looks like.
      if (error instanceof DOMException) session?.drop(error);
      log.warn('the bridge was interrupted', { reason: error instanceof Error ? error.message : String(error) });
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** Until the channel ends, or the signal comes; in both cases after the execution under way. */
async function bridgeOver(session: Session<null>, settings: BridgeSettings, abandoned: AbortSignal): Promise<void> {
  const { source, signal, log, limits = LIMITS } = settings;
  const channel = await within(ANSWER_MS, session.model.createChannel());
  const ended = new AbortController();
  channel.on('error', (error) => log.warn('the broker closed a channel', { reason: error.message }));
  channel.on('close', () => ended.abort());
  const over = AbortSignal.any([signal, ended.signal, session.lost]);

  const incoming = batches<Held>(limits);
  const take = (message: ConsumeMessage | null) => {
    // The broker cancelled the consumer: its queue was deleted or moved.
    if (!message) return ended.abort();
    const record = rabbitMqRecord(message);
    const bytes = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (bytes <= MAX_EVENT_BYTES) return incoming.add({ message, record }, bytes);
    log.warn('a message is too large for the function and was put aside', { bytes });
    settle(() => channel.reject(message, false));
  };
  try {
    await within(ANSWER_MS, ensureTopology(channel));
    await within(ANSWER_MS, channel.prefetch(limits.count));
    await within(ANSWER_MS, channel.consume(source.queue, take));
    for (;;) {
      const batch = await incoming.next(over);
      if (batch.length === 0) return;
      const done = await execute(batch, settings, over, abandoned);
      if (done) acknowledge(channel, batch);
    }
  } finally {
    // Once this is answered the broker has the acknowledgements, and gives what is left to somebody else.
    await within(ANSWER_MS, channel.close()).catch(() => {});
  }
}

/** Runs the function until it succeeds. `false` when something ended that before. */
async function execute(batch: Held[], settings: BridgeSettings, over: AbortSignal, abandoned: AbortSignal) {
  const { invoke, source, log } = settings;
  const records = batch.map(({ record }) => record);
  for (let failures = 1; ; failures++) {
    try {
      await invoke(rabbitMqEvent(source, records), abandoned);
      return true;
    } catch (error) {
      if (over.aborted) return false;
      // It may take hours: say it at the 1st, 2nd, 4th, 8th … time.
      if (Number.isInteger(Math.log2(failures))) {
        log.error('a batch has to be given again', error, { messages: batch.length, failures });
      }
      await sleep(backoff(failures), undefined, { signal: over }).catch(() => {});
      if (over.aborted) return false;
    }
  }
}

function acknowledge(channel: Channel, batch: Held[]): void {
  for (const { message } of batch) settle(() => channel.ack(message));
}

/** Throws only when the channel is gone: then its messages are given to somebody else, and done again. */
function settle(answer: () => void): void {
  try {
    answer();
  } catch {
    return;
  }
}
