import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { QUEUES } from '../core/messages.ts';
import { acknowledge } from './acknowledge.ts';
import type { ApiStack } from './api-stack.ts';
import type { Artifacts } from './artifacts.ts';
import type { BrokerStack } from './broker-stack.ts';
import type { AwsConfig } from './config.ts';
import { zipFunction } from './functions.ts';
import { grantBacklog, grantEnhancer, grantPolling, grantTaskProtection } from './grants.ts';
import { limitsOnWork } from './limits.ts';
import type { NetworkStack } from './network-stack.ts';
import { scale } from './scaling.ts';

/** The most that Fargate gives between SIGTERM and SIGKILL; a worker finishes in it what is nearly done. */
const STOP_TIMEOUT = Duration.seconds(120);
/** As the bridge of one machine: small in number, since a batch that fails is given again as a whole. */
const METADATA_BATCH = 10;
const SCRATCH = { name: 'scratch', path: '/scratch' } as const;

/** MiB that Node and OpenCV take of a worker's memory: the rest is FFmpeg's. */
const NODE_MEMORY = 1024;
/** Of the disk; and what lies there at once: the result, and the source as browsers play it or the chunks it was made of. */
const IMAGE_GIB = 3;
const FILES_AT_ONCE = 2;

export interface WorkersStackProps extends StackProps {
  config: AwsConfig;
  network: NetworkStack;
  broker: BrokerStack;
  api: ApiStack;
  artifacts: Artifacts;
}

/** Who takes tasks from the broker: the enhancers, as many as there is work for, and what feeds the metadata function. */
export class WorkersStack extends Stack {
  readonly service: ecs.FargateService;
  /** What enhancers say. */
  readonly logGroup: logs.LogGroup;
  readonly backlog: lambda.Function;

  constructor(scope: Construct, id: string, props: WorkersStackProps) {
    super(scope, id, props);
    const { config, network, broker, api, artifacts } = props;
    this.logGroup = new logs.LogGroup(this, 'EnhancerLogs', {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.backlog = this.backlogFunction(config, api, artifacts);
    this.service = this.enhancers(config, network, api, artifacts);
    scale(this.service, config);
    // After the service, and so before it when the stacks go: the service takes minutes to stop, in which Lambda removes
    // the mapping's network interfaces with the rights of a function that is still there.
    this.metadataMapping(broker, api, network).node.addDependency(this.service);
  }

  private enhancers(config: AwsConfig, network: NetworkStack, api: ApiStack, artifacts: Artifacts): ecs.FargateService {
    const cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: network.vpc,
      clusterName: config.name,
      containerInsightsV2: config.insights ? ecs.ContainerInsights.ENABLED : ecs.ContainerInsights.DISABLED,
    }) as ecs.ICluster;
    if (config.insights) cluster.node.addDependency(this.insightsLogs(config));
    else {
      acknowledge(
        cluster,
        'AwsSolutions-ECS4',
        'Container metrics are off by setting (insights): they cost by the task.',
      );
    }
    // Named here, so that the service depends on it: by itself it would be removed first, while it is in use.
    const capacity = new ecs.CfnClusterCapacityProviderAssociations(this, 'Capacity', {
      cluster: cluster.clusterName,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    });
    const service = new ecs.FargateService(this, 'Enhancers', {
      cluster,
      taskDefinition: this.task(config, cluster, api, artifacts),
      // No desired count: a deployment leaves as many as the scaling has asked for.
      capacityProviderStrategies: [
        { capacityProvider: 'FARGATE_SPOT', weight: 1 },
        { capacityProvider: 'FARGATE', weight: 0, base: config.workersOnDemand },
      ],
      vpcSubnets: network.subnets,
      securityGroups: [network.workers],
      // What has no other way out needs an address of its own; nothing comes in by it.
      assignPublicIp: config.network === 'public',
      // New ones first; old ones go when they have done what they are at.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      // Work is not moved for the sake of symmetry.
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.DISABLED,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    service.node.addDependency(capacity);
    return service;
  }

  /** Where ECS writes what it measures: it would make the group by itself, to be kept for ever and by nobody's stack. */
  private insightsLogs({ name, logRetentionDays }: AwsConfig): logs.LogGroup {
    return new logs.LogGroup(this, 'InsightsLogs', {
      logGroupName: `/aws/ecs/containerinsights/${name}/performance`,
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private task(
    config: AwsConfig,
    cluster: ecs.ICluster,
    api: ApiStack,
    artifacts: Artifacts,
  ): ecs.FargateTaskDefinition {
    const task = new ecs.FargateTaskDefinition(this, 'Enhancer', {
      family: `${config.name}-enhancer`,
      cpu: config.workerCpu,
      memoryLimitMiB: config.workerMemory,
      ephemeralStorageGiB: config.workerScratch,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
      volumes: [{ name: SCRATCH.name }],
    });
    const linuxParameters = new ecs.LinuxParameters(this, 'Confined');
    linuxParameters.dropCapabilities(ecs.Capability.ALL);
    const container = task.addContainer('enhancer', {
      image: artifacts.enhancerImage(),
      environment: {
        TABLE_NAME: api.estate.table.tableName,
        UPLOADS_BUCKET: api.estate.uploads.bucketName,
        FILES_BUCKET: api.estate.files.bucketName,
        BROKER_URL: api.broker.url,
        BROKER_SECRET_ARN: api.broker.secretArn,
        STOP_GRACE_SECONDS: String(STOP_TIMEOUT.toSeconds()),
        // For the receipts.
        WORKER_CPU: String(config.workerCpu),
        WORKER_MEMORY: String(config.workerMemory),
        ...limitsOnWork(config),
        FFMPEG_MEMORY_MIB: String(config.workerMemory - NODE_MEMORY),
        FFMPEG_FILE_MIB: String(Math.floor(((config.workerScratch - IMAGE_GIB) * 1024) / FILES_AT_ONCE)),
      },
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'enhancer', logGroup: this.logGroup }),
      stopTimeout: STOP_TIMEOUT,
      readonlyRootFilesystem: true,
      linuxParameters,
    });
    container.addMountPoints({ sourceVolume: SCRATCH.name, containerPath: SCRATCH.path, readOnly: false });
    acknowledge(task.obtainExecutionRole(), 'AwsSolutions-IAM5[Resource::*]', "A registry's token is no resource's.");
    grantEnhancer(task.taskRole, api.estate);
    grantTaskProtection(task.taskRole, cluster.clusterName, this);
    acknowledge(
      task,
      'AwsSolutions-ECS2',
      'None of it is secret: the login is read from Secrets Manager, as it rotates.',
    );
    return task;
  }

  /** Counts every minute what there is to do; scaling and alarms go by its figures. */
  private backlogFunction(config: AwsConfig, { estate }: ApiStack, artifacts: Artifacts): lambda.Function {
    const backlog = zipFunction(this, 'Backlog', config, artifacts.zip('backlog'), {
      description: 'Counts what there is to do, and who is there to do it',
      memorySize: 512,
      timeout: Duration.seconds(50),
      environment: { TABLE_NAME: estate.table.tableName, DEPLOYMENT: config.name },
    });
    grantBacklog(backlog, estate);
    new events.Rule(this, 'BacklogClock', {
      description: 'Has the work that there is counted',
      schedule: events.Schedule.rate(Duration.minutes(1)),
      // The next minute has newer figures.
      targets: [new LambdaFunction(backlog, { retryAttempts: 0 })],
    });
    return backlog;
  }

  /**
   * Lambda polls the metadata queue. It gives a batch that failed again, and has no place for one that keeps failing: the
   * function parks what it cannot read, and the queue what was delivered too often.
   */
  private metadataMapping(broker: BrokerStack, { metadata }: ApiStack, { inside }: NetworkStack) {
    if (!metadata.role) throw new Error('The metadata function has no role.');
    grantPolling(metadata.role, broker.brokerArn, inside !== undefined);
    return new lambda.CfnEventSourceMapping(this, 'MetadataTasks', {
      functionName: metadata.functionName,
      eventSourceArn: broker.brokerArn,
      queues: [QUEUES.metadata.name],
      sourceAccessConfigurations: [
        { type: 'BASIC_AUTH', uri: broker.secretArn },
        { type: 'VIRTUAL_HOST', uri: '/' },
      ],
      batchSize: METADATA_BATCH,
    });
  }
}
