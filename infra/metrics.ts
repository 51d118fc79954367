import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type BacklogMetric, METRICS_DIMENSION, METRICS_NAMESPACE } from '../core/backlog-metrics.ts';
import type { AwsConfig } from './config.ts';

/** What the backlog function counts every minute. */
export function ownMetric({ name }: AwsConfig, metricName: BacklogMetric, statistic = 'Maximum'): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { [METRICS_DIMENSION]: name },
    statistic,
    period: Duration.minutes(1),
  });
}
