import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ecsTaskProtection } from '../../adapters/ecs/task-protection.ts';
import { checkFfmpeg } from '../../adapters/ffmpeg/check-ffmpeg.ts';
import { confinement } from '../../adapters/ffmpeg/confine.ts';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../../adapters/ffmpeg/tools.ts';
import { broker, buckets, now, table, workerMeter } from '../../adapters/from-environment.ts';
import { openCvVision } from '../../adapters/opencv/vision.ts';
import type { Broker } from '../../adapters/rabbitmq/broker.ts';
import { sourceLimitsOf } from '../../core/limits-of.ts';
import { jsonLog } from '../../core/log.ts';
import { pace } from '../../core/pace.ts';
import { workOn } from '../../pipeline/work-on.ts';
import { leaving } from './leave.ts';
import { scratchIn } from './scratch.ts';
import { taking } from './take.ts';

/** Well within the half minute after which the board takes a worker for gone. */
const REPORT_MS = 5_000;

/** First what is short, or short of its end; then the pieces of what is long. */
const LANES = ['enhance', 'pieces'] as const;

/** ECS waits two minutes between SIGTERM and SIGKILL, if it is asked to: the most that Fargate gives. */
const GRACE_SECONDS = 120;

/*
 * The enhancer: takes one task at a time from RabbitMQ and works on it. SIGTERM or SIGINT stops it: what is nearly done
 * is finished, anything else is handed back at once, for another worker to take.
 */
const worker = process.env.WORKER_NAME ?? hostname();
const log = jsonLog(console.log, { worker });
const working = pace();
const { stop, drop, leave } = leaving(Number(process.env.STOP_GRACE_SECONDS ?? GRACE_SECONDS) * 1_000, working);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => leave(`stopped by ${signal}`));
const protection = ecsTaskProtection(process.env.ECS_AGENT_URI, log);

const { videos, workers } = table();
const { uploads, files } = buckets();
const scratch = await scratchIn(join(process.env.SCRATCH_DIR ?? join(tmpdir(), 'reelight'), worker));
const threads = process.env.ENCODER_THREADS;
const limits = sourceLimitsOf(process.env);
const programs = findFfmpeg();
// One that does not run would take every task, to fail it.
await checkFfmpeg(programs);
const media = ffmpegTools({ ...programs, log, limits, ...(threads && { threads: Number(threads) }) });
const vision = openCvVision();
const meter = workerMeter();

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
    signal: stop,
  });
  await report();
  const { setpriv, prlimit } = confinement();
  log.info('ready', { dies_with_us: setpriv !== undefined, bounded: prlimit !== undefined });
  await work(tasks);
} catch (error) {
  if (error !== stop.reason) throw error;
} finally {
  clearInterval(reporting);
  await tasks?.close();
  await vision.close();
  log.info('stopped');
}

function work(tasks: Broker): Promise<void> {
  const ports = { videos, uploads, files, tasks, media, vision, workers, meter, scratch, now, log };
  const take = taking({ tasks, protection, meter }, (message) => workOn(ports, message, worker, drop, working));
  return tasks.consume(LANES, take, stop);
}
