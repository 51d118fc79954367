import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AwsConfig } from './config.ts';
import { pagerFor } from './pager.ts';

export interface EdgeWatchStackProps extends StackProps {
  config: AwsConfig;
  distributionId: string;
}

/** CloudFront's metrics are in us-east-1 alone, and an alarm is where its metric and its topic are. */
export class EdgeWatchStack extends Stack {
  constructor(scope: Construct, id: string, props: EdgeWatchStackProps) {
    super(scope, id, props);
    const { config, distributionId } = props;
    const alarm = new cloudwatch.Alarm(this, 'EdgeFails', {
      alarmName: `${config.name}-EdgeFails`,
      alarmDescription: 'One answer in a hundred is an error of ours. See docs/runbook.md.',
      metric: new cloudwatch.Metric({
        namespace: 'AWS/CloudFront',
        metricName: '5xxErrorRate',
        dimensionsMap: { DistributionId: distributionId, Region: 'Global' },
        statistic: 'Average',
        period: Duration.minutes(5),
      }),
      threshold: 1,
      evaluationPeriods: 3,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    pagerFor(this, config).call(alarm);
  }
}
