import type { Context } from 'aws-lambda';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { headerTools } from '../../adapters/ffmpeg/header-tools.ts';
import { buckets, functionLog, functionMeter, lazyBroker, now, table } from '../../adapters/from-environment.ts';
import { sourceLimitsOf } from '../../core/limits-of.ts';
import { readTaskMessage } from '../../core/messages.ts';
import { extractMetadata } from '../../pipeline/extract-metadata.ts';

/** Time kept back at the end of an execution, to write down that there was too little, and have the task given again. */
const RESERVE_MS = 5_000;

/** What an Amazon MQ event source sends: messages by queue, bodies in base64. */
export interface RabbitMqEvent {
  eventSource: 'aws:rmq';
  eventSourceArn: string;
  rmqMessagesByQueue: Record<string, { data: string; redelivered: boolean }[]>;
}

const log = functionLog();
const broker = lazyBroker('metadata', log);
const { videos } = table();
const media = headerTools({ ...findFfmpeg(), log, limits: sourceLimitsOf(process.env) });
const stores = buckets();
const meter = functionMeter();

/**
 * A batch of tasks in, metadata documents out, all at once. The mapping gives the whole batch again when this throws,
 * so it throws only where that helps; what cannot be read is parked.
 */
export async function handler(event: RabbitMqEvent, context: Context): Promise<void> {
  const messages = Object.values(event.rmqMessagesByQueue).flat();
  const signal = AbortSignal.timeout(Math.max(context.getRemainingTimeInMillis() - RESERVE_MS, 1_000));
  const ended = await Promise.allSettled(messages.map(({ data }) => work(data, context.awsRequestId, signal)));
  const failed = ended.filter((result) => result.status === 'rejected');
  for (const { reason } of failed) log.error('a task has to be given again', reason);
  if (failed.length > 0) throw new Error(`${failed.length} of ${messages.length} tasks have to be given again`);
}

async function work(data: string, worker: string, signal: AbortSignal): Promise<void> {
  const tasks = await broker();
  const body = Buffer.from(data, 'base64');
  const message = readTaskMessage(body);
  if (!message) return tasks.park('metadata', body, 'not a task message');
  await meter.during(() =>
    extractMetadata({ videos, ...stores, tasks, media, meter, now, log }, message, worker, signal),
  );
}
