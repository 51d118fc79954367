import type { Context, ScheduledEvent } from 'aws-lambda';
import { arrivals, buckets, functionLog, lazyBroker, now, table } from '../../adapters/from-environment.ts';
import type { Ports } from '../../core/ports/index.ts';
import { sweep } from '../../pipeline/sweep.ts';

/** What is left of the function's time is for the video in hand. */
const LAST_MS = 10_000;

const log = functionLog();
const broker = lazyBroker('sweep', log);
const { videos } = table();
const { uploads, files } = buckets();
/** Most runs find nothing to publish, and need no broker. */
const tasks: Ports['tasks'] = {
  publish: async (message) => (await broker()).publish(message),
  publishLater: async (...task) => (await broker()).publishLater(...task),
  park: async (...task) => (await broker()).park(...task),
};

/** A tick of the clock in; out goes how many videos were found in which state. */
export async function handler(_: ScheduledEvent, context: Context): Promise<Awaited<ReturnType<typeof sweep>>> {
  const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - LAST_MS));
  return sweep({ videos, uploads, files, arrivals: arrivals(), tasks, now, log }, signal);
}
