import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as budgets from 'aws-cdk-lib/aws-budgets';
import * as logs from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import type { Construct } from 'constructs';
import { alarmsOf } from './alarms.ts';
import type { ApiStack } from './api-stack.ts';
import type { Artifacts } from './artifacts.ts';
import type { BrokerStack } from './broker-stack.ts';
import type { AwsConfig } from './config.ts';
import { dashboardOf } from './dashboard.ts';
import type { DataStack } from './data-stack.ts';
import type { DeliveryStack } from './delivery-stack.ts';
import { functionNamed, functionsIn, zipFunction } from './functions.ts';
import { grantTraces } from './grants.ts';
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
  artifacts: Artifacts;
}

/** Whose work is a part of a video's trace; the enhancers' is, too. */
const TRACED = ['Api', 'Dispatch', 'Metadata', 'Notify'];
/** In a line that tells of a span, wrapped by Lambda or not: a name that nothing else has. */
const SPAN = '%span_name%';

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
    const { config, watched, artifacts } = props;
    const pager = pagerFor(this, config);
    const alarms = alarmsOf(this, config, watched);
    for (const alarm of alarms) pager.call(alarm);
    dashboardOf(this, config, watched, alarms);
    this.searchOneVideo(config, watched);
    if (config.tracing) this.traces(config, watched, artifacts);
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

  /**
   * Every part logs the spans of its work on a video, and a function makes segments of X-Ray of them: so nothing that
   * works has to reach X-Ray, from whatever network, and none of it waits. What is lost is a line of a trace.
   */
  private traces(config: AwsConfig, { api, workers }: Watched, artifacts: Artifacts): void {
    const recorder = zipFunction(this, 'Traces', config, artifacts.zip('traces'), {
      description: 'Makes traces of what the parts log of their work',
      memorySize: 512,
      timeout: Duration.seconds(30),
      environment: {},
    });
    grantTraces(recorder);
    const logGroups = {
      Enhancers: workers.logGroup,
      ...Object.fromEntries(TRACED.map((name) => [name, functionNamed(api, name).logGroup])),
    };
    for (const [name, logGroup] of Object.entries(logGroups)) {
      new logs.SubscriptionFilter(this, `SpansOf${name}`, {
        logGroup,
        destination: new LambdaDestination(recorder),
        filterPattern: logs.FilterPattern.literal(SPAN),
      });
    }
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
