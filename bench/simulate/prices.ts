import { WORKER } from './assumed.ts';
import type { Usage } from './usage.ts';

/**
 * US dollars, us-east-1, on demand, without free tiers, as of March 2026. Compute dominates all of it; look the rest up
 * again before you plan by it.
 */
export const PRICES = {
  asOf: '2026-03',
  /** Linux on ARM, an hour. https://aws.amazon.com/fargate/pricing/ */
  vcpuHour: 0.03238,
  gigabyteHour: 0.00356,
  /** Spot moves; "up to 70 %" is said to come off. What is left of the price here. */
  spot: 0.4,
  /** A thousand requests. https://aws.amazon.com/s3/pricing/ */
  s3Puts: 0.005,
  s3Gets: 0.0004,
  /** A million request units, on demand. https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  writeUnits: 0.625,
  readUnits: 0.125,
  /** ARM: a GB-second, and a million requests. https://aws.amazon.com/lambda/pricing/ */
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequests: 0.2,
  /** A million messages of up to 32 KB. https://aws.amazon.com/api-gateway/pricing/ */
  webSocketMessages: 1,
  /**
   * An hour of a broker; the medium one is taken for half of the large one, and a cluster is three of them.
   * https://aws.amazon.com/amazon-mq/pricing/
   */
  broker: { 'mq.m7g.medium': 0.137, 'mq.m7g.large': 0.273, '3 × mq.m7g.large': 0.82 },
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
  const perHour = WORKER.vcpu * PRICES.vcpuHour + WORKER.gigabytes * PRICES.gigabyteHour;
  const workers = (usage.workerSeconds / 3600) * perHour * (spot ? PRICES.spot : 1);
  const storage = (usage.s3Puts * PRICES.s3Puts + usage.s3Gets * PRICES.s3Gets) / 1e3;
  const table = (usage.writeUnits * PRICES.writeUnits + usage.readUnits * PRICES.readUnits) / 1e6;
  const functions =
    usage.lambdaGigabyteSeconds * PRICES.lambdaGigabyteSecond +
    (usage.lambdaRequests * PRICES.lambdaRequests + usage.webSocketMessages * PRICES.webSocketMessages) / 1e6;
  return { workers, storage, table, functions, total: workers + storage + table + functions };
}
