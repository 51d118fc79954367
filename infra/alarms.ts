import { Duration, type Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import { METRICS_NAMESPACE } from '../core/backlog-metrics.ts';
import type { AwsConfig } from './config.ts';
import { functionNamed } from './functions.ts';
import { ownMetric } from './metrics.ts';
import type { Watched } from './watch-stack.ts';

/** Each is a thing that people notice, or that nobody would; docs/runbook.md says what to do, under the same names. */
export function alarmsOf(stack: Stack, config: AwsConfig, watched: Watched): cloudwatch.Alarm[] {
  const { data, broker, api, workers } = watched;
  const minutes = (count: number) => Duration.minutes(count);
  const errorsOf = (name: string, within: number, stack: Stack = api) =>
    functionNamed(stack, name).metricErrors({ period: minutes(within), statistic: 'Sum' });

  const alarm = (
    name: string,
    alarmDescription: string,
    metric: cloudwatch.IMetric,
    more: Omit<cloudwatch.CreateAlarmOptions, 'evaluationPeriods'> & { evaluationPeriods?: number },
  ) =>
    new cloudwatch.Alarm(stack, name, {
      alarmName: `${config.name}-${name}`,
      alarmDescription: `${alarmDescription} See docs/runbook.md.`,
      metric,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      ...more,
    });

  return [
    alarm('ApiFails', 'Calls of the HTTP API fail.', httpMetric(api.http.apiId, '5xx', 'Sum'), { threshold: 5 }),
    alarm('ApiSlow', 'One call in twenty takes three seconds.', httpMetric(api.http.apiId, 'Latency', 'p95'), {
      threshold: 3_000,
      evaluationPeriods: 3,
    }),
    alarm(
      'SourcesWait',
      'Videos were uploaded, and nobody has taken notice for five minutes.',
      data.sourceQueue.metricApproximateAgeOfOldestMessage({ period: minutes(1), statistic: 'Maximum' }),
      { threshold: 300, evaluationPeriods: 2 },
    ),
    alarm(
      'SourcesLost',
      'Videos were uploaded that could not be handed to the workers in half an hour of trying.',
      data.deadSources.metricApproximateNumberOfMessagesVisible({ period: minutes(5), statistic: 'Maximum' }),
      { threshold: 1 },
    ),
    alarm('VideosWait', 'A video has waited a quarter of an hour for a worker.', ownMetric(config, 'LongestWait'), {
      threshold: 900,
      evaluationPeriods: 3,
    }),
    alarm('WorkFails', 'Workers fail at what is no fault of the videos.', workFailures(workers.logGroup, config), {
      threshold: 5,
    }),
    alarm('MetadataFails', 'Metadata cannot be extracted.', errorsOf('Metadata', 15), { threshold: 3 }),
    alarm(
      'NewsLate',
      'People see what happens to their videos a minute late.',
      new cloudwatch.Metric({
        namespace: 'AWS/Lambda',
        metricName: 'IteratorAge',
        dimensionsMap: { FunctionName: functionNamed(api, 'Notify').functionName },
        period: minutes(1),
        statistic: 'Maximum',
      }),
      { threshold: 60_000, evaluationPeriods: 3 },
    ),
    alarm(
      'NewsLost',
      'Changes could not be told; pages show old states until they connect again.',
      api.deadChanges.metricApproximateNumberOfMessagesVisible({ period: minutes(5), statistic: 'Maximum' }),
      { threshold: 1 },
    ),
    alarm('RotationFails', 'The broker does not get its new password.', errorsOf('Rotate', 60, broker), {
      threshold: 1,
    }),
    alarm('SweepFails', 'Nobody looks after what no message will heal.', errorsOf('Sweep', 15), { threshold: 2 }),
    alarm(
      'Uncounted',
      'Nobody counts what there is to do: workers are neither added nor taken away.',
      ownMetric(config, 'Backlog', 'SampleCount'),
      {
        comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold: 1,
        evaluationPeriods: 5,
        treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      },
    ),
  ];
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
export function httpMetric(ApiId: string, metricName: string, statistic: string): cloudwatch.Metric {
  const period = Duration.minutes(5);
  return new cloudwatch.Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId },
    statistic,
    period,
  });
}

/** What enhancers log when they fail, but for videos that cannot be read: those are told to whoever sent them. */
function workFailures(logGroup: logs.LogGroup, { name }: AwsConfig): cloudwatch.Metric {
  const failures = logGroup.addMetricFilter('Failures', {
    filterPattern: logs.FilterPattern.all(
      logs.FilterPattern.stringValue('$.message', '=', 'failed'),
      logs.FilterPattern.stringValue('$.kind', '!=', 'input'),
    ),
    metricNamespace: METRICS_NAMESPACE,
    metricName: `${name}-WorkFailures`,
    defaultValue: 0,
  });
  return failures.metric({ statistic: 'Sum', period: Duration.minutes(15) });
}
