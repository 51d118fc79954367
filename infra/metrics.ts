import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { AwsConfig } from './config.ts';

/** Of all deployments' own metrics; lambdas/backlog writes them, under the same names, which a test holds. */
export const NAMESPACE = 'Reelight';

/** What the backlog function counts every minute. */
export type OwnMetric = 'Backlog' | 'BacklogPerWorker' | 'Workers' | 'IdleWorkers' | 'LongestWait';

export function ownMetric({ name }: AwsConfig, metricName: OwnMetric, statistic = 'Maximum'): Metric {
  return new Metric({
    namespace: NAMESPACE,
    metricName,
    dimensionsMap: { Deployment: name },
    statistic,
    period: Duration.minutes(1),
  });
}
