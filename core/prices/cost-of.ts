import type { Cost, ProcessCost } from '../cost.ts';
import { PROCESS_TYPES, type ProcessType } from '../process.ts';
import type { Spent } from '../spent.ts';
import type { Video } from '../video.ts';
import type { Prices } from './prices.ts';

const HOUR = 3600;

/**
 * The receipt of a video: everything that was spent on it in all its attempts, what failed and what was taken over from
 * workers that vanished too. Workers are priced as on demand; Spot costs less. What is paid for whether or not there are
 * videos, what people do with them afterwards, and storage are not in it: `npm run cost` has them.
 */
export function costOf(video: Pick<Video, 'processes'>, prices: Prices): Cost {
  const processes = Object.fromEntries(
    PROCESS_TYPES.map((type) => [type, processCost(type, video.processes[type].spent, prices)]),
  ) as Cost['processes'];
  return {
    dollars: rounded(PROCESS_TYPES.reduce((sum, type) => sum + processes[type].dollars, 0)),
    currency: 'USD',
    region: prices.region,
    prices_as_of: prices.asOf,
    processes,
  };
}

/** The metadata function and the workers are paid for in different ways. */
function processCost(type: ProcessType, spent: Spent, prices: Prices): ProcessCost {
  const byFunction = type === 'metadata_extraction';
  const machine = byFunction ? functionDollars(spent, prices) : workerDollars(spent, prices);
  return {
    ...spent,
    lambda_ms: byFunction ? Math.round(spent.seconds * 1000) : 0,
    dollars: rounded(machine + requestDollars(spent, prices)),
  };
}

export function workerDollars({ vcpu_seconds, gib_seconds }: Spent, prices: Prices): number {
  return (vcpu_seconds * prices.of('fargate_vcpu_hour') + gib_seconds * prices.of('fargate_gib_hour')) / HOUR;
}

export function functionDollars({ runs, gib_seconds }: Spent, prices: Prices): number {
  return gib_seconds * prices.of('lambda_gib_second') + runs * prices.of('lambda_request');
}

export function requestDollars(spent: Spent, prices: Prices): number {
  return (
    spent.s3_writes * prices.of('s3_write') +
    spent.s3_reads * prices.of('s3_read') +
    spent.table_writes * prices.of('table_write_unit') +
    spent.table_reads * prices.of('table_read_unit')
  );
}

const rounded = (dollars: number) => Math.round(dollars * 1e6) / 1e6;
