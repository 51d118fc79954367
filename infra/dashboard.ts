import { Duration, type Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { httpMetric } from './alarms.ts';
import type { AwsConfig } from './config.ts';
import { functionsIn } from './functions.ts';
import { ownMetric } from './metrics.ts';
import type { Watched } from './watch-stack.ts';

const WIDTH = 8;
const HEIGHT = 6;

/** One page, from what people see down to what it runs on. */
export function dashboardOf(
  stack: Stack,
  config: AwsConfig,
  { data, broker, api, workers, delivery }: Watched,
  alarms: cloudwatch.Alarm[],
): void {
  const functions = [broker, api, workers].flatMap(functionsIn);
  const dashboard = new cloudwatch.Dashboard(stack, 'Dashboard', { dashboardName: config.name });
  dashboard.addWidgets(new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms, width: 3 * WIDTH, height: 3 }));
  dashboard.addWidgets(
    graph('Requests by the edge', [cloudFront(delivery, 'Requests', 'Sum')], { region: 'us-east-1' }),
    graph('Errors of the edge, %', [cloudFront(delivery, '5xxErrorRate'), cloudFront(delivery, '4xxErrorRate')], {
      region: 'us-east-1',
    }),
    graph('HTTP API, ms', [httpMetric(api.http.apiId, 'Latency', 'p50'), httpMetric(api.http.apiId, 'Latency', 'p95')]),
  );
  dashboard.addWidgets(
    graph('Work and workers', [
      ownMetric(config, 'Backlog'),
      ownMetric(config, 'Workers'),
      ownMetric(config, 'IdleWorkers'),
    ]),
    graph('Longest wait for a worker, s', [ownMetric(config, 'LongestWait')]),
    graph('Sources that wait', [
      data.sourceQueue.metricApproximateNumberOfMessagesVisible(),
      data.deadSources.metricApproximateNumberOfMessagesVisible(),
    ]),
  );
  dashboard.addWidgets(
    graph('Workers, %', [workers.service.metricCpuUtilization(), workers.service.metricMemoryUtilization()]),
    graph('Broker', [ofBroker(broker, 'ConnectionCount'), ofBroker(broker, 'MessageCount')], {
      right: [ofBroker(broker, 'SystemCpuUtilization')],
    }),
    graph(
      'Errors of functions',
      functions.map((of) => of.metricErrors({ statistic: 'Sum' })),
    ),
  );
}

function graph(
  title: string,
  left: cloudwatch.IMetric[],
  more: Partial<cloudwatch.GraphWidgetProps> = {},
): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, left, width: WIDTH, height: HEIGHT, ...more });
}

/** All of CloudFront's are in us-east-1. */
function cloudFront({ distribution }: Watched['delivery'], metricName: string, statistic = 'Average') {
  return new cloudwatch.Metric({
    namespace: 'AWS/CloudFront',
    metricName,
    dimensionsMap: { DistributionId: distribution.distributionId, Region: 'Global' },
    statistic,
    period: Duration.minutes(5),
    region: 'us-east-1',
  });
}

/** https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html */
function ofBroker({ brokerName }: Watched['broker'], metricName: string) {
  const period = Duration.minutes(5);
  return new cloudwatch.Metric({
    namespace: 'AWS/AmazonMQ',
    metricName,
    dimensionsMap: { Broker: brokerName },
    period,
  });
}
