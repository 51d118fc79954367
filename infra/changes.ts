import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Every change of a video's record, and every new connection, goes to the function that tells people. */
export function tellChanges(scope: Construct, table: Table, notify: lambda.IFunction, failures: IQueue): void {
  const { tableStreamArn } = table;
  if (!tableStreamArn) throw new Error('The table has no stream.');
  new lambda.EventSourceMapping(scope, 'Changes', {
    target: notify,
    eventSourceArn: tableStreamArn,
    // From the oldest record there is: with LATEST, changes made while the mapping is being set up would be lost.
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
    filters: [
      lambda.FilterCriteria.filter({
        eventName: lambda.FilterRule.or('INSERT', 'MODIFY'),
        dynamodb: { Keys: { sk: { S: lambda.FilterRule.isEqual('VIDEO') } } },
      }),
      lambda.FilterCriteria.filter({
        eventName: lambda.FilterRule.isEqual('INSERT'),
        dynamodb: { Keys: { pk: { S: lambda.FilterRule.beginsWith('CONN#') }, sk: { S: ['CONN'] } } },
      }),
    ],
    // Small batches, none waited for, several at once: a shard's records stay in order within each video.
    batchSize: 25,
    maxBatchingWindow: Duration.seconds(0),
    parallelizationFactor: 10,
    bisectBatchOnError: true,
    // A record that cannot be told holds up those behind it, and old news is no news: clients converge by snapshot.
    retryAttempts: 5,
    maxRecordAge: Duration.minutes(15),
    onFailure: new SqsDlq(failures),
  });
}
