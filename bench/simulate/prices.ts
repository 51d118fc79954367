import { pricesIn } from '../../core/prices/prices.ts';
import { WORKER } from './assumed.ts';
import type { Usage } from './usage.ts';

/** Where everything is simulated. */
const prices = pricesIn('us-east-1');

/** The day of the prices, and what brokers cost an hour; a cluster is three of the large ones. */
export const PRICES = {
  asOf: prices.asOf,
  broker: {
    'mq.m7g.medium': prices.of('broker_mq.m7g.medium_hour'),
    'mq.m7g.large': prices.of('broker_mq.m7g.large_hour'),
    '3 × mq.m7g.large': 3 * prices.of('broker_mq.m7g.large_hour'),
  },
} as const;

/** Dollars; the broker apart, which costs the same whatever it does. */
export interface Cost {
  workers: number;
  storage: number;
  table: number;
  functions: number;
  total: number;
}

export function sumOf(costs: readonly Cost[]): Cost {
  const sum: Cost = { workers: 0, storage: 0, table: 0, functions: 0, total: 0 };
  for (const cost of costs) for (const key of Object.keys(sum) as (keyof Cost)[]) sum[key] += cost[key];
  return sum;
}

export function costOf(usage: Usage, spot: boolean): Cost {
  const { of } = prices;
  const perHour = WORKER.vcpu * of('fargate_vcpu_hour') + WORKER.gigabytes * of('fargate_gib_hour');
  const workers = (usage.workerSeconds / 3600) * perHour * (spot ? of('fargate_spot_share') : 1);
  const storage = usage.s3Puts * of('s3_write') + usage.s3Gets * of('s3_read');
  const table = usage.writeUnits * of('table_write_unit') + usage.readUnits * of('table_read_unit');
  const functions =
    usage.lambdaGigabyteSeconds * of('lambda_gib_second') +
    usage.lambdaRequests * of('lambda_request') +
    usage.webSocketMessages * of('socket_message');
  return { workers, storage, table, functions, total: workers + storage + table + functions };
}
