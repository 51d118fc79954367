import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Outputs } from './outputs.ts';
import { define, resources, TARGETS, templates } from './templates.fixture.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(TARGETS)('the application for %s', (target) => {
  it("passes CloudFormation's own rules, without a warning", { timeout: 60_000 }, () => {
    vi.stubEnv('CDK_VALIDATION', 'true');
    const { app, stacks } = define(target);
    // Throws for what breaks a rule: cdk.json makes errors of findings.
    app.synth();
    for (const stack of Object.values(stacks)) {
      expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
    }
  });

  it('makes nothing by custom resources', () => {
    const types = templates(target).all.flatMap((template) =>
      Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type),
    );
    expect(
      types.filter((type) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource'),
    ).toEqual([]);
  });

  it('names its stacks and buckets after the deployment', () => {
    const { stacks } = define(target, { name: 'staging' });
    for (const { stackName } of Object.values(stacks)) expect(stackName).toMatch(/^staging-/);
    const { data } = templates(target, { name: 'staging' });
    for (const [, bucket] of resources(data, 'AWS::S3::Bucket')) {
      expect(JSON.stringify(bucket.Properties.BucketName)).toContain('staging-');
    }
  });
});

describe('one machine', () => {
  it('has every output that the parts there read', () => {
    const { all } = templates('emulator');
    const keys = all.flatMap((template) => Object.keys(template.findOutputs('*')));
    expect(keys).toEqual(expect.arrayContaining(Object.keys(Outputs.shape)));
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
    const { app } = define('emulator');
    for (const stack of app.synth().stacks) {
      expect(stack.assumeRoleArn).toBeUndefined();
      expect(stack.requiresBootstrapStackVersion).toBeUndefined();
    }
  });
});
