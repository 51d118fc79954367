import { Duration } from 'aws-cdk-lib';
import { AdjustmentType, MetricAggregationType, StepScalingAction } from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { AwsConfig } from './config.ts';
import { ownMetric } from './metrics.ts';
import { FEWER, IDLE_MINUTES, MORE, STARTING_SECONDS } from './scaling-steps.ts';

/**
 * As many enhancers as there is work for. By steps and not towards a target, which cannot leave zero: the first task that
 * waits asks for a worker. Whoever has been idle goes; whoever is at work has protected itself.
 */
export function scale(service: ecs.FargateService, config: AwsConfig): void {
  const target = service.autoScaleTaskCount({ minCapacity: config.workersMin, maxCapacity: config.workersMax });
  const common = {
    scalingTarget: target,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    cooldown: Duration.seconds(STARTING_SECONDS),
  };
  const add = new StepScalingAction(service, 'AddWorkers', {
    ...common,
    metricAggregationType: MetricAggregationType.MAXIMUM,
  });
  // Bounds are counted from the alarm's threshold.
  for (const { from, workers, ...step } of MORE) {
    add.addAdjustment({ adjustment: workers, lowerBound: from, ...('to' in step && { upperBound: step.to }) });
  }
  new cloudwatch.Alarm(service, 'WorkWaits', {
    alarmDescription: 'Tasks wait for a worker: the scaling adds some. No reason to worry.',
    metric: ownMetric(config, 'BacklogPerWorker'),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  }).addAlarmAction(new ApplicationScalingAction(add));

  const remove = new StepScalingAction(service, 'RemoveWorkers', {
    ...common,
    metricAggregationType: MetricAggregationType.MINIMUM,
  });
  for (const { from, workers, ...step } of FEWER) {
    const bounds = { lowerBound: from - 1, ...('to' in step && { upperBound: step.to - 1 }) };
    remove.addAdjustment({ adjustment: -workers, ...bounds });
  }
  new cloudwatch.Alarm(service, 'WorkersIdle', {
    alarmDescription: 'Workers have had nothing to do: the scaling takes them away. No reason to worry.',
    // The fewest there were: each of these minutes had idle ones.
    metric: ownMetric(config, 'IdleWorkers', 'Minimum'),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    evaluationPeriods: IDLE_MINUTES,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  }).addAlarmAction(new ApplicationScalingAction(remove));
}
