import { describe, expect, it } from 'vitest';
import { ON_AWS, type Resource, resource, resources, template, templates } from './templates.fixture.ts';

describe.each(ON_AWS)('the traces of %s', (deployment) => {
  const watch = template(deployment, 'watch');
  const filters = resources(watch, 'AWS::Logs::SubscriptionFilter');

  it('are made of what every part of the way logs', () => {
    const hops = ['SpansOfEnhancers', 'SpansOfApi', 'SpansOfDispatch', 'SpansOfMetadata', 'SpansOfNotify'];
    expect(filters.map(([id]) => hops.find((hop) => id.startsWith(hop))).sort()).toEqual(hops.toSorted());
    const groups = filters.map(([, { Properties }]) => JSON.stringify(Properties.LogGroupName));
    expect(new Set(groups).size).toBe(hops.length);
    for (const [, { Properties }] of filters) expect(Properties.FilterPattern).toBe('%span_name%');
  });

  it('are written down by a function that CloudWatch Logs may call for these groups, and nobody else', () => {
    const [[id] = ['']] = resources(watch, 'AWS::Lambda::Function').filter(([name]) => name.startsWith('Traces'));
    for (const [, { Properties }] of filters) expect(Properties.DestinationArn).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
    const permissions = resources(watch, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    expect(permissions).toHaveLength(filters.length);
    for (const { Principal, SourceArn } of permissions) {
      expect(JSON.stringify(Principal)).toContain('logs.');
      expect(SourceArn).toBeDefined();
    }
  });

  it('cannot feed on themselves, and may do nothing but be written', () => {
    const role = resource(watch, 'AWS::IAM::Policy', 'TracesRole').Properties.PolicyDocument as {
      Statement: { Action: string | string[] }[];
    };
    const actions = role.Statement.flatMap(({ Action }) => Action);
    expect(actions).toContain('xray:PutTraceSegments');
    expect(actions.filter((action) => !/^(xray|logs):Put|^logs:CreateLogStream$/.test(action))).toEqual([]);
    const own = resource(watch, 'AWS::Lambda::Function', 'Traces').Properties.LoggingConfig as { LogGroup: object };
    expect(filters.map(([, { Properties }]) => Properties.LogGroupName)).not.toContainEqual(own.LogGroup);
  });
});

it('are not made where nobody asked for them', () => {
  const watch = template('dev', 'watch', { tracing: false });
  expect(resources(watch, 'AWS::Logs::SubscriptionFilter')).toEqual([]);
  expect(resources(watch, 'AWS::Lambda::Function')).toEqual([]);
});

describe('what is left of a deployment that is destroyed', () => {
  const kept = (deployment: 'dev' | 'prod', settings = {}) =>
    Object.entries(templates(deployment, settings)).flatMap(([stack, of]) =>
      Object.entries(of.toJSON().Resources as Record<string, Resource>)
        // Without a word, CloudFormation removes; clusters and volumes of databases are another matter, and not here.
        .filter(([, { DeletionPolicy }]) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete')
        .map(([id, { Type }]) => `${stack} ${Type} ${id.replace(/[0-9A-F]{8}$/, '')}`),
    );

  it('is what people uploaded, who asked for it and who they are, where that is to be kept', () => {
    expect(kept('prod').sort()).toEqual([
      'data AWS::DynamoDB::Table Table',
      'data AWS::S3::Bucket AccessLogs',
      'data AWS::S3::Bucket Files',
      'data AWS::S3::Bucket Uploads',
      'identity AWS::Cognito::UserPool People',
    ]);
  });

  it('is nothing, where nothing is to be kept', () => {
    expect(kept('dev')).toEqual([]);
    expect(kept('prod', { keepData: false })).toEqual([]);
  });

  it('has no measurements of containers that nobody removes: their group is of the stack, and there first', () => {
    const workers = template('prod', 'workers');
    const [cluster] = resources(workers, 'AWS::ECS::Cluster').map(([, { Properties, DependsOn }]) => ({
      name: Properties.ClusterName,
      after: DependsOn,
    }));
    const group = resources(workers, 'AWS::Logs::LogGroup').find(
      ([, { Properties }]) =>
        Properties.LogGroupName === `/aws/ecs/containerinsights/${String(cluster?.name)}/performance`,
    );
    expect(cluster?.after).toContain(group?.[0]);
  });

  it('has no logs that nobody removes: each function writes to a group of its stack', () => {
    for (const deployment of ON_AWS) {
      for (const of of Object.values(templates(deployment))) {
        const groups = resources(of, 'AWS::Logs::LogGroup').map(([id]) => id);
        for (const [, { Properties }] of resources(of, 'AWS::Lambda::Function')) {
          expect(groups).toContain((Properties.LoggingConfig as { LogGroup: { Ref: string } }).LogGroup.Ref);
        }
      }
    }
  });
});
