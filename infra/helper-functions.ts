import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { AwsConfig } from './config.ts';

/**
 * The construct library's own functions: one empties buckets that are deleted, one puts files into a bucket, one calls
 * AWS.
 */
const HELPERS = /^(Custom::(S3AutoDeleteObjects|CDKBucketDeployment)|AWS679f53fac002430cb0da5b7982bd2287$)/;

/** What cdk-nag has to say of them: of managed policies, of old runtimes, of what the second does to two buckets. */
const RULES = [
  'L1',
  'IAM4[Policy::…/service-role/AWSLambdaBasicExecutionRole]',
  ...['GetBucket*', 'GetObject*', 'List*', 'Abort*', 'DeleteObject*'].map((action) => `IAM5[Action::s3:${action}]`),
  'IAM5[Resource::…/*]',
];

/**
 * What the construct library adds by itself keeps its logs as long as ours do; it would keep them for ever, and past the
 * stack that it came with. Its rights and its runtime are its own to choose.
 */
export function boundHelpers(scope: IConstruct, { logRetentionDays }: AwsConfig): void {
  for (const helper of scope.node.findAll().filter(({ node }) => HELPERS.test(node.id))) {
    const reason = 'The construct library makes it for a custom resource; it runs only while a stack changes.';
    for (const rule of RULES) acknowledge(helper, `AwsSolutions-${rule}`, reason);
    const handler = helper.node.tryFindChild('Handler');
    // Those that are functions of the library's own kind were given their logs where they were asked for.
    if (!CfnResource.isCfnResource(handler)) continue;
    const logs = new LogGroup(helper, 'Logs', { retention: logRetentionDays, removalPolicy: RemovalPolicy.DESTROY });
    handler.addPropertyOverride('LoggingConfig', { LogGroup: logs.logGroupName });
  }
}
