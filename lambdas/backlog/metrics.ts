import { BACKLOG_UNITS, type BacklogMetric, METRICS_DIMENSION, METRICS_NAMESPACE } from '../../core/backlog-metrics.ts';

/**
 * A line of log that CloudWatch makes metrics of, without a call or a right to one.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metrics(deployment: string, time: Date, values: Record<BacklogMetric, number>): string {
  const line = {
    _aws: {
      Timestamp: time.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [[METRICS_DIMENSION]],
          Metrics: Object.entries(BACKLOG_UNITS).map(([Name, Unit]) => ({ Name, Unit })),
        },
      ],
    },
    [METRICS_DIMENSION]: deployment,
    ...values,
  };
  return `${JSON.stringify(line)}\n`;
}
