import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { readConfig } from './config.ts';
import { acknowledgements, nagFindings } from './nag.fixture.ts';
import { awsStackNames } from './names.ts';
import { Outputs } from './outputs.ts';
import {
  DEPLOYMENTS,
  type Deployment,
  define,
  ON_AWS,
  resources,
  synthesized,
  templates,
} from './templates.fixture.ts';

// Throws for what breaks one of CloudFormation's own rules: cdk.json makes errors of findings.
vi.stubEnv('CDK_VALIDATION', 'true');
afterAll(() => {
  vi.unstubAllEnvs();
});

const typesIn = (template: Template) =>
  Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type);

describe.each(Object.keys(DEPLOYMENTS) as Deployment[])('the application for %s', (deployment) => {
  it("passes CloudFormation's own rules, without a warning", { timeout: 60_000 }, () => {
    const { stacks } = synthesized(deployment);
    for (const stack of Object.values(stacks)) {
      expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
    }
  });

  it('names its stacks and buckets after the deployment', () => {
    const { stacks } = define(deployment, { name: 'mine' });
    for (const { stackName } of Object.values(stacks)) expect(stackName).toMatch(/^mine-/);
    const { name } = readConfig(DEPLOYMENTS[deployment]);
    const { data } = templates(deployment);
    const buckets = data ? resources(data, 'AWS::S3::Bucket') : [];
    expect(buckets.length).toBeGreaterThan(2);
    for (const [, { Properties }] of buckets) expect(JSON.stringify(Properties.BucketName)).toContain(`"${name}-`);
  });
});

describe.each(ON_AWS)('%s on AWS', (deployment) => {
  it('has nothing that the AWS Solutions rules mind, but for what is said beside the resource', () => {
    const { app } = synthesized(deployment);
    expect(nagFindings(app)).toEqual([]);
    const given = acknowledgements(app).filter(([rule]) => rule.startsWith('AwsSolutions-'));
    expect(given.length).toBeGreaterThan(10);
    for (const [, reason] of given) expect(reason).toMatch(/^[A-Z].{15,}\.$/);
  });

  it('keeps the logs of every function for as long as it is told, the helpers of the construct library too', () => {
    for (const template of Object.values(templates(deployment))) {
      const groups = resources(template, 'AWS::Logs::LogGroup');
      for (const [, { Properties }] of groups) expect(Properties.RetentionInDays).toEqual(expect.any(Number));
      for (const [, { Properties }] of resources(template, 'AWS::Lambda::Function')) {
        const { LogGroup } = (Properties.LoggingConfig ?? {}) as { LogGroup?: { Ref: string } };
        expect(groups.map(([id]) => id)).toContain(LogGroup?.Ref);
      }
    }
  });

  it('makes by custom resources only what CloudFormation has no resources for', () => {
    const custom = Object.values(templates(deployment))
      .flatMap(typesIn)
      .filter((type) => /^Custom::|CustomResource/.test(type));
    expect(new Set(custom)).toEqual(
      new Set([
        ...['Custom::ReelightQueues', 'Custom::CDKBucketDeployment', 'Custom::S3AutoDeleteObjects'],
        ...(deployment === 'dev' ? [] : ['Custom::ReelightKeyPair', 'Custom::ReelightSigning']),
        // Where the page is, for Cognito, where that is not known beforehand.
        ...(deployment === 'prod' ? ['Custom::AWS'] : []),
      ]),
    );
  });

  it('is deployed in an order in which each stack has what it builds on', () => {
    const { stacks } = synthesized(deployment);
    const order = Object.keys(awsStackNames({ name: 'any' }));
    expect(Object.keys(stacks)).toEqual(
      order.filter((name) => !(name === 'edge' || name === 'identity') || deployment !== 'dev'),
    );
    for (const [name, stack] of Object.entries(stacks)) {
      for (const { stackName } of stack.dependencies) {
        const on = Object.entries(stacks).find(([, { stackName: other }]) => other === stackName)?.[0] ?? '';
        expect(order.indexOf(on)).toBeLessThan(order.indexOf(name));
      }
    }
  });
});

describe('the rules', () => {
  it('would be seen to be broken', () => {
    const { app, stacks } = define('prod');
    stacks.broker?.node.tryRemoveChild('Rotation');
    app.synth();
    expect(nagFindings(app)).toEqual([expect.stringMatching(/^AwsSolutions-SMG4 at .*Login/)]);
  });
});

describe('another region than that of CloudFront', () => {
  it('reads what is in us-east-1, without functions for it', () => {
    const { stacks } = synthesized('elsewhere');
    const regions = Object.entries(stacks).map(([name, { region }]) => [name, region]);
    expect(Object.fromEntries(regions)).toMatchObject({ api: 'eu-west-1', edge: 'us-east-1', edgeWatch: 'us-east-1' });
    const { delivery, edgeWatch } = templates('elsewhere');
    expect(JSON.stringify(delivery?.toJSON())).toMatch(/"Fn::GetStackOutput":\{"StackName":"staging-edge"/);
    expect(JSON.stringify(edgeWatch?.toJSON())).toMatch(/"Fn::GetStackOutput":\{"StackName":"staging-delivery"/);
  });
});

describe('one machine', () => {
  it('has every output that the parts there read', () => {
    const keys = Object.values(templates('emulator')).flatMap((template) => Object.keys(template.findOutputs('*')));
    expect(keys).toEqual(expect.arrayContaining(Object.keys(Outputs.shape)));
  });

  it('makes nothing by custom resources', () => {
    const types = Object.values(templates('emulator')).flatMap(typesIn);
    expect(types.filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([]);
  });

  it('has roles that only this account can take on', () => {
    const { oneMachine } = templates('emulator');
    const roles = oneMachine ? resources(oneMachine, 'AWS::IAM::Role') : [];
    expect(roles).toHaveLength(4);
    for (const [, role] of roles) {
      expect(JSON.stringify(role.Properties.AssumeRolePolicyDocument)).toMatch(
        /"AWS":\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},":iam::",\{"Ref":"AWS::AccountId"\},":root"\]\]\}/,
      );
    }
  });

  it('says which deployment it is', () => {
    const fingerprint = 'a'.repeat(64);
    expect(templates('emulator', { fingerprint }).oneMachine?.findOutputs('Fingerprint').Fingerprint).toMatchObject({
      Value: fingerprint,
    });
  });

  it('is deployed with the credentials at hand, needing no bootstrapped roles', () => {
    const { app } = synthesized('emulator');
    for (const stack of app.synth().stacks) {
      expect(stack.assumeRoleArn).toBeUndefined();
      expect(stack.requiresBootstrapStackVersion).toBeUndefined();
    }
  });
});
