import { describe, expect, it } from 'vitest';
import { metrics } from '../lambdas/backlog/metrics.ts';
import { type Deployment, resource, resources, template } from './templates.fixture.ts';

type Rule = Record<string, unknown>;

describe('the network', () => {
  const network = (deployment: Deployment, settings = {}) => template(deployment, 'network', settings);
  const interfaces = (deployment: Deployment) =>
    resources(network(deployment), 'AWS::EC2::VPCEndpoint')
      .map(([, { Properties }]) => Properties)
      .filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');

  it.each(['dev', 'prod', 'elsewhere'] as const)('of %s is in two zones, and lets nobody in', (deployment) => {
    const vpc = network(deployment);
    const zones = resources(vpc, 'AWS::EC2::Subnet').map(([, { Properties }]) =>
      JSON.stringify(Properties.AvailabilityZone),
    );
    expect(new Set(zones).size).toBe(2);
    for (const [, { Properties }] of resources(vpc, 'AWS::EC2::Subnet')) {
      expect(Properties.MapPublicIpOnLaunch).toBe(false);
    }
    const own = resources(vpc, 'AWS::EC2::SecurityGroup').flatMap(
      ([, { Properties }]) => (Properties.SecurityGroupIngress ?? []) as Rule[],
    );
    const apart = resources(vpc, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties);
    for (const rule of [...own, ...apart]) {
      // From our own groups only, and never to the workers.
      expect(rule).not.toHaveProperty('CidrIp');
      expect(rule).toHaveProperty('SourceSecurityGroupId');
      expect(JSON.stringify(rule.GroupId)).toMatch(/"(Broker|Endpoints)/);
    }
  });

  it.each(['dev', 'prod', 'elsewhere'] as const)('of %s lets out TLS and AMQPS, and nothing else', (deployment) => {
    const vpc = network(deployment);
    const own = resources(vpc, 'AWS::EC2::SecurityGroup').flatMap(
      ([, { Properties }]) => (Properties.SecurityGroupEgress ?? []) as Rule[],
    );
    const apart = resources(vpc, 'AWS::EC2::SecurityGroupEgress').map(([, { Properties }]) => Properties);
    const allowed = [...own, ...apart].filter(({ CidrIp }) => CidrIp !== '255.255.255.255/32');
    expect(allowed.length).toBeGreaterThan(0);
    for (const { IpProtocol, FromPort, ToPort } of allowed) {
      expect(IpProtocol).toBe('tcp');
      expect([443, 5671]).toContain(FromPort);
      expect(ToPort).toBe(FromPort);
    }
  });

  it('reaches S3 and DynamoDB by endpoints that cost nothing and lead to no other account', () => {
    for (const deployment of ['dev', 'prod', 'elsewhere'] as const) {
      const gateways = resources(network(deployment), 'AWS::EC2::VPCEndpoint')
        .map(([, { Properties }]) => Properties)
        .filter(({ VpcEndpointType }) => VpcEndpointType === 'Gateway');
      expect(gateways).toHaveLength(2);
      for (const { PolicyDocument } of gateways) {
        const { Statement } = PolicyDocument as { Statement: { Resource: string; Condition?: object }[] };
        for (const { Resource, Condition } of Statement) {
          const named = Resource !== '*';
          expect(Condition).toEqual(
            named ? undefined : { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } },
          );
        }
      }
    }
  });

  it('has interface endpoints in production, each in both zones, and no way out', () => {
    expect(
      interfaces('prod')
        .map(({ ServiceName }) => String(ServiceName).replace(/.*us-east-1\./, ''))
        .sort(),
    ).toEqual(['ecr.api', 'ecr.dkr', 'lambda', 'logs', 'secretsmanager', 'sqs', 'sts']);
    for (const { SubnetIds, PrivateDnsEnabled } of interfaces('prod')) {
      expect(SubnetIds).toHaveLength(2);
      expect(PrivateDnsEnabled).toBe(true);
    }
    expect(resources(network('prod'), 'AWS::EC2::NatGateway')).toEqual([]);
    expect(resources(network('prod'), 'AWS::EC2::InternetGateway')).toEqual([]);
    expect(resources(network('prod'), 'AWS::EC2::Route')).toEqual([]);
  });

  it('has a gateway a zone instead where that is asked for, and neither where all is public', () => {
    expect(resources(network('elsewhere'), 'AWS::EC2::NatGateway')).toHaveLength(2);
    expect(interfaces('elsewhere')).toEqual([]);
    expect(resources(network('dev'), 'AWS::EC2::NatGateway')).toEqual([]);
    expect(interfaces('dev')).toEqual([]);
  });
});

describe('the broker', () => {
  const broker = (deployment: Deployment) => template(deployment, 'broker');
  const properties = (deployment: Deployment) =>
    resource(broker(deployment), 'AWS::AmazonMQ::Broker', 'Broker').Properties;

  it('is one instance of RabbitMQ 4, or three where that is asked for', () => {
    expect(properties('prod')).toMatchObject({
      EngineType: 'RABBITMQ',
      EngineVersion: '4.2',
      DeploymentMode: 'SINGLE_INSTANCE',
      AutoMinorVersionUpgrade: true,
      EncryptionOptions: { UseAwsOwnedKey: true },
    });
    expect(properties('prod').SubnetIds).toHaveLength(1);
    expect(properties('elsewhere')).toMatchObject({ DeploymentMode: 'CLUSTER_MULTI_AZ' });
    expect(properties('elsewhere').SubnetIds).toHaveLength(2);
  });

  it('has a public address only where everything is public', () => {
    expect(properties('prod')).toMatchObject({ PubliclyAccessible: false, SecurityGroups: [expect.anything()] });
    expect(properties('dev').PubliclyAccessible).toBe(true);
    expect(properties('dev')).not.toHaveProperty('SubnetIds');
  });

  it('has a login that is in no template, and that is changed by schedule', () => {
    const [[secret] = ['']] = resources(broker('prod'), 'AWS::SecretsManager::Secret');
    expect(properties('prod').Users).toEqual([
      {
        Username: 'reelight',
        Password: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secret }, ':SecretString:password::}}']] },
      },
    ]);
    expect(resource(broker('prod'), 'AWS::SecretsManager::RotationSchedule', 'Rotation').Properties).toMatchObject({
      SecretId: { Ref: secret },
      RotationRules: { ScheduleExpression: 'rate(30 days)' },
      RotateImmediatelyOnUpdate: false,
    });
    broker('prod').hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'secretsmanager.amazonaws.com',
      SourceArn: { Ref: secret },
      SourceAccount: { Ref: 'AWS::AccountId' },
    });
  });

  it('is spoken to by TLS, at the address that it has', () => {
    const { Environment } = resource(broker('prod'), 'AWS::Lambda::Function', 'Topology').Properties;
    const { Variables } = Environment as { Variables: Record<string, unknown> };
    // Amazon MQ's address of RabbitMQ begins with amqps, and there is no other.
    expect(Variables.BROKER_URL).toEqual({ 'Fn::Select': [0, { 'Fn::GetAtt': ['Broker', 'AmqpEndpoints'] }] });
  });

  it('has its queues before anybody polls them', () => {
    const [queues] = resources(broker('prod'), 'Custom::ReelightQueues');
    expect(queues?.[1].Properties).toMatchObject({ ServiceTimeout: '240', Version: expect.any(String) });
    const mapping = resource(template('prod', 'workers'), 'AWS::Lambda::EventSourceMapping', 'MetadataTasks');
    expect(JSON.stringify(mapping.Properties.EventSourceArn)).toMatch(/ImportValue.*-broker:.*BrokerArn/);
  });

  it('is reached from within its network by what has to, and by nothing else', () => {
    const inside = (stack: string, deployment: Deployment) =>
      resources(template(deployment, stack), 'AWS::Lambda::Function')
        .filter(([, { Properties }]) => 'VpcConfig' in Properties)
        .map(([id]) => id.slice(0, -8))
        .sort();
    expect(inside('api', 'prod')).toEqual(['Dispatch', 'Metadata', 'Sweep']);
    expect(inside('broker', 'prod')).toEqual(['Rotate', 'Topology']);
    expect(inside('workers', 'prod')).toEqual([]);
    expect(inside('api', 'dev')).toEqual([]);
  });
});

describe('the enhancers', () => {
  const workers = template('prod', 'workers');
  const service = resource(workers, 'AWS::ECS::Service', 'Enhancers');
  const task = resource(workers, 'AWS::ECS::TaskDefinition', 'Enhancer').Properties;
  const [container] = task.ContainerDefinitions as [Record<string, unknown>];

  it('run on ARM, confined: nothing to write but scratch, no capabilities', () => {
    expect(task).toMatchObject({
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      RequiresCompatibilities: ['FARGATE'],
      EphemeralStorage: { SizeInGiB: 100 },
      Volumes: [{ Name: 'scratch' }],
    });
    expect(container).toMatchObject({
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
      MountPoints: [{ ContainerPath: '/scratch', ReadOnly: false, SourceVolume: 'scratch' }],
    });
    expect(container).not.toHaveProperty('PortMappings');
    expect(service.Properties).not.toHaveProperty('EnableExecuteCommand');
  });

  it('know what they need, no secret among it', () => {
    const names = (container.Environment as { Name: string }[]).map(({ Name }) => Name);
    const places = ['TABLE_NAME', 'UPLOADS_BUCKET', 'FILES_BUCKET', 'BROKER_SECRET_ARN', 'BROKER_URL'];
    const limits = ['MAX_DURATION_SECONDS', 'MAX_PIXELS', 'MAX_FRAME_RATE', 'MAX_WORK_SECONDS'];
    const ofMachine = ['WORKER_CPU', 'WORKER_MEMORY', 'STOP_GRACE_SECONDS', 'FFMPEG_MEMORY_MIB', 'FFMPEG_FILE_MIB'];
    expect(names.sort()).toEqual([...places, ...limits, ...ofMachine].sort());
    expect(JSON.stringify(workers.toJSON())).not.toContain('{{resolve:');
  });

  it('have two minutes to finish what they are at, and know it', () => {
    expect(container.StopTimeout).toBe(120);
    expect(container.Environment).toContainEqual({ Name: 'STOP_GRACE_SECONDS', Value: '120' });
  });

  it('are Spot, but for a base', () => {
    expect(service.Properties.CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
      { CapacityProvider: 'FARGATE', Weight: 0, Base: 1 },
    ]);
    expect(service.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^Capacity/)]));
  });

  it('are as many as they were when they are deployed, and roll back what does not start', () => {
    expect(service.Properties).not.toHaveProperty('DesiredCount');
    expect(service.Properties.DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
  });

  it('have a public address only where there is no other way out', () => {
    const address = (deployment: Deployment) =>
      JSON.stringify(resource(template(deployment, 'workers'), 'AWS::ECS::Service', 'Enhancers').Properties);
    expect(address('dev')).toContain('"AssignPublicIp":"ENABLED"');
    expect(address('prod')).toContain('"AssignPublicIp":"DISABLED"');
    expect(address('elsewhere')).toContain('"AssignPublicIp":"DISABLED"');
  });

  it('are added by how much waits for each, from none if so it is set, and go when they are idle', () => {
    const limits = (deployment: Deployment) =>
      resources(template(deployment, 'workers'), 'AWS::ApplicationAutoScaling::ScalableTarget').map(
        ([, { Properties }]) => [Properties.MinCapacity, Properties.MaxCapacity],
      );
    expect(limits('dev')).toEqual([[0, 4]]);
    expect(limits('prod')).toEqual([[1, 20]]);
    const policy = (id: string) =>
      resource(workers, 'AWS::ApplicationAutoScaling::ScalingPolicy', id).Properties.StepScalingPolicyConfiguration;
    const { StepAdjustments: more } = policy('EnhancersAddWorkers') as { StepAdjustments: Rule[] };
    // Without a gap from the first task that waits on, and never less for more.
    expect(more[0]).toMatchObject({ MetricIntervalLowerBound: 0 });
    more.forEach((step, index) => {
      expect(step.MetricIntervalUpperBound).toBe(more[index + 1]?.MetricIntervalLowerBound);
      expect(step.ScalingAdjustment).toBeGreaterThan(Number(more[index - 1]?.ScalingAdjustment ?? 0));
    });
    // Never more than have been idle, from the first on, and counted from the alarm's threshold, which is one.
    const { StepAdjustments: fewer } = policy('EnhancersRemoveWorkers') as { StepAdjustments: Rule[] };
    expect(fewer[0]).toMatchObject({ MetricIntervalLowerBound: 0, ScalingAdjustment: -1 });
    fewer.forEach((step, index) => {
      expect(step.MetricIntervalUpperBound).toBe(fewer[index + 1]?.MetricIntervalLowerBound);
      expect(-Number(step.ScalingAdjustment)).toBeLessThanOrEqual(Number(step.MetricIntervalLowerBound) + 1);
    });
    expect(resource(workers, 'AWS::CloudWatch::Alarm', 'EnhancersWorkWaits').Properties).toMatchObject({
      MetricName: 'BacklogPerWorker',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
    });
    expect(resource(workers, 'AWS::CloudWatch::Alarm', 'EnhancersWorkersIdle').Properties).toMatchObject({
      MetricName: 'IdleWorkers',
      Statistic: 'Minimum',
      EvaluationPeriods: 5,
    });
  });

  it('are counted under the names by which they are scaled', () => {
    const { Environment } = resource(workers, 'AWS::Lambda::Function', 'Backlog').Properties;
    const { Variables } = Environment as { Variables: { DEPLOYMENT: string } };
    const counted = { Backlog: 1, Workers: 1, BacklogPerWorker: 1, IdleWorkers: 0, LongestWait: 1 };
    const line = JSON.parse(metrics(Variables.DEPLOYMENT, new Date(), counted));
    const [written] = line._aws.CloudWatchMetrics;
    const names = written.Metrics.map(({ Name }: { Name: string }) => Name);
    const scaling = resources(workers, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
    expect(scaling.map(({ MetricName }) => MetricName)).toEqual(
      expect.arrayContaining(['BacklogPerWorker', 'IdleWorkers']),
    );
    for (const read of scaling) {
      expect(names).toContain(read.MetricName);
      expect(read.Namespace).toBe(written.Namespace);
      expect(read.Dimensions).toEqual(written.Dimensions[0].map((Name: string) => ({ Name, Value: line[Name] })));
    }
    workers.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
  });
});

describe('the mapping of the metadata queue', () => {
  it('polls small batches with the login, and is removed before the service is', () => {
    const mapping = resource(template('prod', 'workers'), 'AWS::Lambda::EventSourceMapping', 'MetadataTasks');
    expect(mapping.Properties).toMatchObject({
      Queues: ['reelight.metadata'],
      BatchSize: 10,
      SourceAccessConfigurations: [
        { Type: 'BASIC_AUTH', URI: expect.anything() },
        { Type: 'VIRTUAL_HOST', URI: '/' },
      ],
    });
    expect(mapping.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^EnhancersService/)]));
  });
});
