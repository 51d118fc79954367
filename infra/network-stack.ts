import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { AwsConfig } from './config.ts';

const AMQPS = ec2.Port.tcp(5671);
const HTTPS = ec2.Port.tcp(443);
/** A cluster of brokers has three nodes, but its address is in as many zones as there are subnets: two are enough. */
const ZONES = 2;

/**
 * What reaches AWS from subnets without a way out, and for whom. Each costs by the hour in each zone; S3 and DynamoDB,
 * through which all that is large goes, have endpoints that cost nothing.
 */
const ENDPOINTS = {
  // Fargate: images (whose layers come from S3) and logs.
  EcrApi: ec2.InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  // Workers and functions: the broker's password. The broker's event source mapping: that, and its own two.
  SecretsManager: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Lambda: ec2.InterfaceVpcEndpointAwsService.LAMBDA,
  Sts: ec2.InterfaceVpcEndpointAwsService.STS,
  // The sweeper announces sources anew.
  Sqs: ec2.InterfaceVpcEndpointAwsService.SQS,
} as const;

/** Where functions are that have to reach a broker without a public address. */
export interface Inside {
  vpc: ec2.IVpc;
  subnets: ec2.SubnetSelection;
  functions: ec2.ISecurityGroup;
  broker: ec2.ISecurityGroup;
}

export interface NetworkStackProps extends StackProps {
  config: AwsConfig;
}

/**
 * The network of the workers and, unless it is public, of the broker and of the functions that reach it: two zones,
 * nothing inbound. The kinds and their prices (us-east-1; see docs/deploy.md):
 *
 * - `public`: $0. Workers have public addresses ($0.005 an hour each, while they run) and no inbound rule.
 * - `endpoints`: 7 interface endpoints × 2 zones × $0.01 an hour = $102 a month. No route leads out, so that nothing that
 *   gets a foothold in a worker can call home. This is the dearer way of the two.
 * - `nat`: 2 gateways × $0.045 an hour = $66 a month, and $0.045 a GB of what does not go to S3 or DynamoDB. Everything
 *   in the network reaches the whole internet.
 */
export class NetworkStack extends Stack {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  /** Of the enhancers. */
  readonly workers: ec2.SecurityGroup;
  /** Unless the network is public. */
  readonly inside: Inside | undefined;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const { config } = props;
    const subnetType = SUBNETS[config.network];
    this.subnets = { subnetType };
    // The library's own classes miss its interfaces by optional properties that may be undefined.
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.20.0.0/16'),
      maxAzs: ZONES,
      natGateways: config.network === 'nat' ? ZONES : 0,
      subnetConfiguration: [
        { name: 'Workers', subnetType, cidrMask: 20, ...addressOnDemand(subnetType) },
        ...(config.network === 'nat' ? [GATEWAYS] : []),
      ],
      // Nothing is ever in the default group; closing it would take a function of the construct library's.
      restrictDefaultSecurityGroup: false,
    }) as ec2.IVpc;
    this.gateways();
    this.flowLogs(config);
    this.workers = this.group('Workers', 'Enhancers: nothing inbound');
    if (config.network === 'public') {
      this.workers.addEgressRule(ec2.Peer.anyIpv4(), AMQPS, 'The broker');
    } else {
      this.inside = this.privateParts();
      if (config.network === 'endpoints') this.interfaces(this.inside);
    }
  }

  /** They route what goes to S3 and DynamoDB, at no cost, and let it reach nobody else's buckets and tables. */
  private gateways(): void {
    const ours = { StringEquals: { 'aws:ResourceAccount': this.account } };
    const policy = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      new iam.PolicyStatement({
        principals: [new iam.AnyPrincipal()],
        actions,
        resources,
        ...(conditions && { conditions }),
      });
    const s3 = this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    s3.addToPolicy(policy(['s3:*'], ['*'], ours));
    // https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
    s3.addToPolicy(
      policy(['s3:GetObject'], [`arn:${this.partition}:s3:::prod-${this.region}-starport-layer-bucket/*`]),
    );
    // Where custom resources say how it went.
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-vpce-bucketnames.html
    s3.addToPolicy(
      policy(['s3:PutObject'], [`arn:${this.partition}:s3:::cloudformation-custom-resource-response-*/*`]),
    );
    const dynamodb = this.vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });
    dynamodb.addToPolicy(policy(['dynamodb:*'], ['*'], ours));
  }

  private flowLogs({ flowLogs, logRetentionDays }: AwsConfig): void {
    if (!flowLogs) {
      acknowledge(this.vpc, 'AwsSolutions-VPC7', 'Flow logs are off by setting (flowLogs): nothing here is kept.');
      return;
    }
    this.vpc.addFlowLog('Flows', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(
        new logs.LogGroup(this, 'FlowLogs', { retention: logRetentionDays, removalPolicy: RemovalPolicy.DESTROY }),
      ),
    });
  }

  /** Who may call whom. Nothing else may call anything. */
  private privateParts(): Inside {
    const functions = this.group('Functions', 'Functions that reach the broker: nothing inbound');
    const broker = this.group('Broker', 'The broker, and the mapping that polls it');
    for (const group of [this.workers, functions]) {
      broker.addIngressRule(group, AMQPS);
      group.addEgressRule(broker, AMQPS);
    }
    // Its management API, where passwords are changed.
    broker.addIngressRule(functions, HTTPS);
    // The event source mapping has its interfaces in the broker's own group and subnets.
    // https://docs.aws.amazon.com/lambda/latest/dg/process-mq-messages-with-lambda.html
    broker.addIngressRule(broker, AMQPS);
    broker.addEgressRule(broker, AMQPS);
    return { vpc: this.vpc, subnets: this.subnets, functions, broker };
  }

  private interfaces({ functions, broker }: Inside): void {
    const group = new ec2.SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'Endpoints of AWS services',
      allowAllOutbound: false,
    });
    for (const from of [this.workers, functions, broker]) group.addIngressRule(from, HTTPS);
    for (const [name, service] of Object.entries(ENDPOINTS)) {
      this.vpc.addInterfaceEndpoint(name, { service, subnets: this.subnets, securityGroups: [group], open: false });
    }
  }

  /** AWS is reached by addresses that are not known beforehand; where those lead is for the routes to say. */
  private group(name: string, description: string): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, name, { vpc: this.vpc, description, allowAllOutbound: false });
    group.addEgressRule(ec2.Peer.anyIpv4(), HTTPS, 'AWS');
    return group;
  }
}

/** Of public subnets: an address is asked for by those who need one. */
function addressOnDemand(subnetType: ec2.SubnetType): Partial<ec2.SubnetConfiguration> {
  return subnetType === ec2.SubnetType.PUBLIC ? { mapPublicIpOnLaunch: false } : {};
}

const GATEWAYS = {
  name: 'Gateways',
  subnetType: ec2.SubnetType.PUBLIC,
  cidrMask: 28,
  mapPublicIpOnLaunch: false,
} as const satisfies ec2.SubnetConfiguration;

const SUBNETS = {
  public: ec2.SubnetType.PUBLIC,
  endpoints: ec2.SubnetType.PRIVATE_ISOLATED,
  nat: ec2.SubnetType.PRIVATE_WITH_EGRESS,
} as const satisfies Record<AwsConfig['network'], ec2.SubnetType>;
