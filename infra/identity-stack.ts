import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { AwsConfig } from './config.ts';
import type { SignIn } from './issuer.ts';

/** The page's address is known when there is a distribution; until then nobody is sent back anywhere. */
const NOWHERE = 'https://nowhere.invalid/';

/** What the page may ask for: who it is, and nothing of theirs. */
const SCOPES = ['openid', 'email'];

/**
 * A user pool, where the settings name no issuer. People are added by whoever runs it, not by themselves: each of them
 * spends its owner's money.
 */
export class IdentityStack extends Stack {
  readonly signIn: SignIn;
  readonly pool: cognito.UserPool;
  readonly client: cognito.UserPoolClient;

  constructor(scope: Construct, id: string, props: StackProps & { config: AwsConfig }) {
    super(scope, id, props);
    const { config } = props;
    this.pool = this.userPool(config);
    // One space of names for all accounts of a region.
    const domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `${config.name}-${this.account}` },
      managedLoginVersion: cognito.ManagedLoginVersion.CLASSIC_HOSTED_UI,
    });
    this.client = this.pool.addClient('Page', {
      // A page can keep no secret: what proves it is who began is PKCE.
      generateSecret: false,
      ...flowsOf(config),
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(7),
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      supportedIdentityProviders: [cognito.UserPoolClientIdentityProvider.COGNITO],
    });
    const clientId = this.client.userPoolClientId;
    const issuer = this.pool.userPoolProviderUrl;
    const origins = [`https://cognito-idp.${this.region}.${this.urlSuffix}`, domain.baseUrl()];
    this.signIn = { issuer, clientId, audience: clientId, origins };
    new CfnOutput(this, 'UserPoolId', { value: this.pool.userPoolId, description: 'Where people are added' });
  }

  private userPool(config: AwsConfig): cognito.UserPool {
    const pool = new cognito.UserPool(this, 'People', {
      userPoolName: config.name,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      mfa: cognito.Mfa.OPTIONAL,
      mfaSecondFactor: { sms: false, otp: true },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: config.keepData,
      removalPolicy: config.keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    acknowledge(pool, 'AwsSolutions-COG2', 'A second factor is offered; whether it has to be is for each team to say.');
    acknowledge(pool, 'AwsSolutions-COG3', 'Threat protection costs by the person: it is for each team to buy.');
    acknowledge(pool, 'AwsSolutions-COG8', 'The Plus plan, likewise.');
    return pool;
  }
}

/** How the page signs people in. With a domain of one's own, where it is is known; else see {@link DeliveryStack}. */
function flowsOf({ domainName }: AwsConfig): cognito.UserPoolClientOptions {
  const address = domainName ? `https://${domainName}/` : NOWHERE;
  return {
    authFlows: {},
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: SCOPES.map((scope) => cognito.OAuthScope.custom(scope)),
      callbackUrls: [address],
      logoutUrls: [address],
    },
  };
}
