import { describe, expect, it } from 'vitest';
import { ROUTES } from './routes.ts';
import { type Deployment, resource, resources, template, templates } from './templates.fixture.ts';

/* Where people sign in, on AWS: who they are, and which files they may have. The APIs' side is in api-stack.test.ts. */

type Fields = Record<string, unknown>;

function behaviorsOf(deployment: Deployment): Fields[] {
  const made = resource(template(deployment, 'delivery'), 'AWS::CloudFront::Distribution', 'Distribution');
  const config = made.Properties.DistributionConfig as { CacheBehaviors: Fields[]; DefaultCacheBehavior: Fields };
  return [...config.CacheBehaviors, { PathPattern: '*', ...config.DefaultCacheBehavior }];
}

describe('files', () => {
  const delivery = template('prod', 'delivery');

  it('are for who has signed cookies, and nothing else needs them', () => {
    const [[group] = ['']] = resources(delivery, 'AWS::CloudFront::KeyGroup');
    const restricted = ROUTES.filter((route) => route.restricted).map(({ path }) => path);
    expect(restricted).toEqual(['/processed_videos/*', '/source_videos/*', '/posters/*', '/metadata/*']);
    for (const { PathPattern, TrustedKeyGroups, TrustedSigners } of behaviorsOf('prod')) {
      expect(TrustedKeyGroups).toEqual(restricted.includes(String(PathPattern)) ? [{ Ref: group }] : undefined);
      // Signers of another kind: whole accounts.
      expect(TrustedSigners).toBeUndefined();
    }
  });

  it('are for everybody where nobody signs in', () => {
    for (const { TrustedKeyGroups } of behaviorsOf('dev')) expect(TrustedKeyGroups).toBeUndefined();
    expect(resources(template('dev', 'delivery'), 'AWS::CloudFront::PublicKey')).toEqual([]);
  });

  it('are signed out by a key whose private half is in its secret alone', () => {
    const [[pair] = ['']] = resources(delivery, 'Custom::ReelightKeyPair');
    const [[key, made] = ['', undefined]] = resources(delivery, 'AWS::CloudFront::PublicKey');
    expect(made?.Properties.PublicKeyConfig).toMatchObject({ EncodedKey: { 'Fn::GetAtt': [pair, 'PublicKey'] } });
    const [[, signing] = ['', undefined]] = resources(delivery, 'Custom::ReelightSigning');
    expect(signing?.Properties).toMatchObject({
      KeyPairId: { Ref: key },
      Generation: '1',
      Address: { 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [expect.any(String), 'DomainName'] }]] },
    });
    expect(JSON.stringify(Object.values(templates('prod')).map((each) => each.toJSON()))).not.toMatch(/PRIVATE KEY/);
  });

  it('are signed out by another key when the setting is raised, whose resource is another', () => {
    const raised = template('prod', 'delivery', { signingKey: 2 });
    for (const type of ['AWS::CloudFront::PublicKey', 'Custom::ReelightKeyPair']) {
      const [[before] = [''], ...more] = resources(delivery, type);
      const [[after] = ['']] = resources(raised, type);
      expect(more).toEqual([]);
      expect(after).not.toBe(before);
    }
  });

  it('are signed out at the domain of one’s own', () => {
    const [[, signing] = ['', undefined]] = resources(template('elsewhere', 'delivery'), 'Custom::ReelightSigning');
    expect(signing?.Properties.Address).toBe('https://video.example.com');
  });
});

describe('the user pool', () => {
  const identity = template('prod', 'identity');
  const pool = resource(identity, 'AWS::Cognito::UserPool', 'People').Properties;
  const client = resource(identity, 'AWS::Cognito::UserPoolClient', 'People').Properties;

  it('is for those whom somebody adds, with long passwords, and stays where data stays', () => {
    expect(pool).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UsernameAttributes: ['email'],
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      DeletionProtection: 'ACTIVE',
      Policies: { PasswordPolicy: { MinimumLength: 12, RequireNumbers: true, RequireSymbols: true } },
    });
  });

  it('knows the page as a client that keeps no secret, and gives it codes', () => {
    expect(client).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: ['openid', 'email'],
      SupportedIdentityProviders: ['COGNITO'],
      PreventUserExistenceErrors: 'ENABLED',
    });
  });

  it('learns where the page is when that is known, and all else of the client again', () => {
    const [[, told] = ['', undefined]] = resources(template('prod', 'delivery'), 'Custom::AWS');
    for (const at of ['Create', 'Update']) {
      const call = JSON.stringify(told?.Properties[at]);
      expect(call).toMatch(/updateUserPoolClient/);
      for (const name of ['CallbackURLs', 'LogoutURLs', 'UserPoolId', 'ClientId']) expect(call).toContain(name);
      for (const name of Object.keys(client).filter((name) => !NOT_TOLD.has(name))) expect(call).toContain(name);
    }
  });

  it('knows it from the beginning where it has a domain', () => {
    const { CallbackURLs } = resource(
      template('elsewhere', 'identity'),
      'AWS::Cognito::UserPoolClient',
      'People',
    ).Properties;
    expect(CallbackURLs).toEqual(['https://video.example.com/']);
    expect(resources(template('elsewhere', 'delivery'), 'Custom::AWS')).toEqual([]);
  });

  it('is where the page may go, beside the storage', () => {
    const page = resources(template('prod', 'delivery'), 'Custom::CDKBucketDeployment').find(([id]) =>
      id.startsWith('Page'),
    )?.[1];
    expect(JSON.stringify(page?.Properties.SourceMarkers)).toMatch(/People/);
  });
});

/** A secret cannot be added later; the pool is named otherwise in a call. */
const NOT_TOLD = new Set(['GenerateSecret', 'UserPoolId']);
