import { Stack, type StackProps } from 'aws-cdk-lib';
import * as budgets from 'aws-cdk-lib/aws-budgets';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { alarmsOf } from './alarms.ts';
import type { ApiStack } from './api-stack.ts';
import type { BrokerStack } from './broker-stack.ts';
import type { AwsConfig } from './config.ts';
import { dashboardOf } from './dashboard.ts';
import type { DataStack } from './data-stack.ts';
import type { DeliveryStack } from './delivery-stack.ts';
import { functionsIn } from './functions.ts';
import { type Pager, pagerFor } from './pager.ts';
import type { WorkersStack } from './workers-stack.ts';

/** What a deployment is made of, as far as there is something to see of it. */
export interface Watched {
  data: DataStack;
  broker: BrokerStack;
  api: ApiStack;
  workers: WorkersStack;
  delivery: DeliveryStack;
}

export interface WatchStackProps extends StackProps {
  config: AwsConfig;
  watched: Watched;
}

/** Percent of the budget. The last is of what the month is going to cost. */
const BUDGET_NOTICES = [
  { notificationType: 'ACTUAL', threshold: 50 },
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'FORECASTED', threshold: 100 },
] as const;

/** Who sees how it goes: alarms on what people would notice, a dashboard, a search for one video, and the budget. */
export class WatchStack extends Stack {
  constructor(scope: Construct, id: string, props: WatchStackProps) {
    super(scope, id, props);
    const { config, watched } = props;
    const pager = pagerFor(this, config);
    const alarms = alarmsOf(this, config, watched);
    for (const alarm of alarms) pager.call(alarm);
    dashboardOf(this, config, watched, alarms);
    this.searchOneVideo(config, watched);
    this.budget(config, pager);
  }

  /** Follows one video through everything that logs: put its `file_id`, or the trace in its record, into the query. */
  private searchOneVideo(config: AwsConfig, { broker, api, workers }: Watched): void {
    const functions = [broker, api, workers].flatMap(functionsIn);
    new logs.QueryDefinition(this, 'OneVideo', {
      queryDefinitionName: `${config.name}/one video`,
      queryString: new logs.QueryString({
        fields: ['@timestamp', '@log', '@message'],
        filterStatements: ["@message like 'FILE_ID'"],
        sort: '@timestamp asc',
        limit: 1000,
      }),
      logGroups: [workers.logGroup, ...functions.map(({ logGroup }) => logGroup)],
    });
  }

  /** Of the whole account: a budget by tags sees nothing until somebody has activated them for billing. */
  private budget({ name, monthlyBudget }: AwsConfig, { topic }: Pager): void {
    const budget = new budgets.CfnBudget(this, 'Budget', {
      budget: {
        budgetName: `${name}-monthly`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyBudget, unit: 'USD' },
      },
      notificationsWithSubscribers: BUDGET_NOTICES.map((notice) => ({
        notification: { ...notice, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
        subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
      })),
    });
    // Whose topic does not let it in is refused.
    budget.node.addDependency(topic);
  }
}
