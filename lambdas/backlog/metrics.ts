/** What CloudWatch calls the metrics of ours, of all deployments; each is a dimension. */
export const NAMESPACE = 'Reelight';

export type Metrics = Record<string, [value: number, unit: 'Count' | 'Seconds']>;

/**
 * A line of log that CloudWatch makes metrics of, without a call or a right to one.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metrics(deployment: string, time: Date, values: Metrics): string {
  const line = {
    _aws: {
      Timestamp: time.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [['Deployment']],
          Metrics: Object.entries(values).map(([Name, [, Unit]]) => ({ Name, Unit })),
        },
      ],
    },
    Deployment: deployment,
    ...Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value])),
  };
  return `${JSON.stringify(line)}\n`;
}
