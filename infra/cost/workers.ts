import type { Prices } from '../../core/prices/prices.ts';
import type { AwsConfig } from '../config.ts';
import { BUSY_CORES, HOURS, IDLE_HOURS } from './assumed.ts';
import { type Entry, entriesOf } from './entry.ts';
import { type Load, videosOf } from './load.ts';

/** Without a charge with each task. */
const FREE_SCRATCH_GIB = 20;
const DAYS = HOURS / 24;

/** Hours of workers in a month. */
export interface WorkerHours {
  /** Of those that are always there. */
  standing: number;
  /** Of those that work has called, beyond what the former can do. */
  called: number;
  /** Until the latter are given up again. */
  idle: number;
}

/** @param cpuSeconds of FFmpeg, for one video */
export function workerHours({ workersMin }: AwsConfig, load: Load, cpuSeconds: number): WorkerHours {
  const standing = workersMin * HOURS;
  const busy = (videosOf(load) * cpuSeconds) / BUSY_CORES / 3600;
  const called = Math.max(0, busy - standing);
  // Where somebody is always there, bursts are for them; beyond that, work comes so often that nobody is idle for long.
  const bursts = workersMin === 0 && load.minutes > 0 ? Math.min(load.burstsPerDay * DAYS, videosOf(load)) : 0;
  return { standing, called, idle: bursts * IDLE_HOURS };
}

/** Those that are always there are on demand as far as the settings say so; the others are Spot unless they are, too. */
export function workerEntries(config: AwsConfig, hours: WorkerHours, prices: Prices): Entry[] {
  const { workersMin, workersOnDemand } = config;
  const hourly = workerHourOnDemand(config, prices);
  const spot = hourly * prices.of('fargate_spot_share');
  const onDemand = workersMin === 0 ? 0 : Math.min(1, workersOnDemand / workersMin);
  const calledPrice = workersOnDemand > workersMin ? hourly : spot;
  const size = `${config.workerCpu / 1024} vCPU, ${config.workerMemory / 1024} GiB`;
  const entry = (what: string, hours: number, price: number) =>
    entriesOf('Fargate')(`${what}, ${size}`, hours, 'hour', price);
  return [
    entry('workers always there, on demand', hours.standing * onDemand, hourly),
    entry('workers always there, Spot', hours.standing * (1 - onDemand), spot),
    entry(`workers at work, ${calledPrice === spot ? 'Spot' : 'on demand'}`, hours.called, calledPrice),
    entry('workers waiting to be given up', hours.idle, calledPrice),
  ];
}

/** US dollars. Memory and disk are in the price. */
function workerHourOnDemand({ workerCpu, workerMemory, workerScratch }: AwsConfig, prices: Prices): number {
  return (
    (workerCpu / 1024) * prices.of('fargate_vcpu_hour') +
    (workerMemory / 1024) * prices.of('fargate_gib_hour') +
    (workerScratch - FREE_SCRATCH_GIB) * prices.of('fargate_scratch_gib_hour')
  );
}
