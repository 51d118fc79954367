import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../../adapters/ffmpeg/tools.ts';
import { broker, buckets, now, table } from '../../adapters/from-environment.ts';
import type { Broker } from '../../adapters/rabbitmq/broker.ts';
import { jsonLog } from '../../core/log.ts';
import { readTaskMessage } from '../../core/messages.ts';
import { enhance } from '../../pipeline/enhance.ts';
import { scratchIn } from './scratch.ts';

/** Well within the half minute after which the board takes a worker for gone. */
const REPORT_MS = 5_000;

/*
 * The enhancer: takes one task at a time from RabbitMQ and works on it. SIGTERM or SIGINT stops it: what is in hand is
 * handed back at once, for another worker to take.
 */
const worker = process.env.WORKER_NAME ?? hostname();
const log = jsonLog(console.log, { worker });
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}

const { videos, workers } = table();
const { uploads, files } = buckets();
const scratch = await scratchIn(join(process.env.SCRATCH_DIR ?? join(tmpdir(), 'reelight'), worker));
const media = ffmpegTools({ ...findFfmpeg(), log });

// From the first moment on, so that a broker that cannot be reached at all is seen, too.
let tasks: Broker | undefined;
const report = () =>
  workers.report(worker, { broker: tasks?.state() ?? 'down' }).catch((error) => log.error('could not report', error));
const reporting = setInterval(report, REPORT_MS);

try {
  tasks = await broker({
    name: `enhancer ${worker}`,
    log,
    connectWithinMs: Number.POSITIVE_INFINITY,
    signal: stop.signal,
  });
  await report();
  log.info('ready');
  await work(tasks);
} catch (error) {
  if (error !== stop.signal.reason) throw error;
} finally {
  clearInterval(reporting);
  await tasks?.close();
  log.info('stopped');
}

function work(tasks: Broker): Promise<void> {
  const ports = { videos, uploads, files, tasks, media, scratch, now, log };
  return tasks.consume(
    'enhance',
    async ({ body }) => {
      const message = readTaskMessage(body);
      if (message) await enhance(ports, message, worker, stop.signal);
      else await tasks.park('enhance', body, 'not a task message');
    },
    stop.signal,
  );
}
