import type { ScheduledEvent } from 'aws-lambda';
import { functionLog, now, required, table } from '../../adapters/from-environment.ts';
import { countBacklog } from '../../pipeline/count-backlog.ts';
import { metrics } from './metrics.ts';

const { videos, workers } = table();
const log = functionLog();
const deployment = required('DEPLOYMENT');

/** A tick of the clock in; out go the figures by which workers are added and taken away. */
export async function handler(_: ScheduledEvent): Promise<void> {
  const { tasks, workers: present, ...backlog } = await countBacklog({ videos, now, log }, workers);
  // Not by the console, which would wrap it: CloudWatch reads metrics from lines that are nothing else.
  process.stdout.write(
    metrics(deployment, now(), {
      Backlog: tasks,
      Workers: present,
      BacklogPerWorker: backlog.tasksPerWorker,
      IdleWorkers: backlog.idleWorkers,
      LongestWait: backlog.longestWaitSeconds,
    }),
  );
}
