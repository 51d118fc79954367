import { Duration } from 'aws-cdk-lib';
import { AdjustmentType, MetricAggregationType, StepScalingAction } from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { AwsConfig } from './config.ts';
import { ownMetric } from './metrics.ts';

/** A worker that was asked for reports after a minute or so; until then it is not asked for again. */
const STARTING = Duration.minutes(2);

/** By so many tasks that nobody has in hand, for each worker there is: so many workers more. */
const MORE = [
  { from: 0, to: 1, workers: 1 },
  { from: 1, to: 3, workers: 2 },
  { from: 3, to: 10, workers: 5 },
  { from: 10, workers: 10 },
] as const;

/** Idle for so long, a worker is not likely to be needed soon. */
const IDLE_MINUTES = 10;

/**
 * As many enhancers as there is work for. By steps and not towards a target, which cannot leave zero: the first task that
 * waits asks for a worker. Whoever is idle goes, one at a time; whoever is at work has protected itself.
 */
export function scale(service: ecs.FargateService, config: AwsConfig): void {
  const target = service.autoScaleTaskCount({ minCapacity: config.workersMin, maxCapacity: config.workersMax });
  const adjustment = {
    scalingTarget: target,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    metricAggregationType: MetricAggregationType.MAXIMUM,
    cooldown: STARTING,
  };
  const add = new StepScalingAction(service, 'AddWorkers', adjustment);
  // Bounds are counted from the alarm's threshold, which is 0.
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

  const remove = new StepScalingAction(service, 'RemoveWorkers', adjustment);
  remove.addAdjustment({ adjustment: -1, lowerBound: 0 });
  new cloudwatch.Alarm(service, 'WorkersIdle', {
    alarmDescription: 'Workers have had nothing to do: the scaling takes one away. No reason to worry.',
    // The fewest there were: each of these minutes had an idle one.
    metric: ownMetric(config, 'IdleWorkers', 'Minimum'),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    evaluationPeriods: IDLE_MINUTES,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  }).addAlarmAction(new ApplicationScalingAction(remove));
}
