import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { AwsConfig } from './config.ts';

export interface Pager {
  topic: sns.Topic;
  /** Tells of an alarm when it goes off, and when it is over. */
  call(alarm: Alarm): void;
}

/** Where alarms go: a topic, and whoever the settings name (who is asked by mail whether that is right). */
export function pagerFor(stack: Stack, { name, alarmEmail }: AwsConfig): Pager {
  const topic = new sns.Topic(stack, 'Pager', { displayName: `${name}: alarms`, enforceSSL: true });
  for (const service of ['cloudwatch', 'budgets']) {
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal(`${service}.amazonaws.com`)],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    );
  }
  if (alarmEmail) topic.addSubscription(new EmailSubscription(alarmEmail));
  new CfnOutput(stack, 'PagerTopic', {
    value: topic.topicArn,
    description: alarmEmail
      ? 'Where alarms go, and notices of the bill'
      : 'Alarms and notices of the bill go here, and to NOBODY: set alarmEmail, or subscribe somebody',
  });
  const action = new SnsAction(topic);
  return {
    topic,
    call(alarm) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    },
  };
}
