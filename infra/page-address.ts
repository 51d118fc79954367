import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type { CfnUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import * as logs from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import type { AwsConfig } from './config.ts';
import type { IdentityStack } from './identity-stack.ts';

/**
 * Tells the user pool where the page is, which is known last: the distribution stands before the API, whose authorizer
 * has to know the page. Cognito takes a client as a whole, so the rest of it is said again, as its own stack has it; when
 * that changes, this is done anew.
 */
export function tellPageAddress(
  scope: Stack,
  config: AwsConfig,
  { pool, client }: IdentityStack,
  address: string,
): void {
  const page = client.node.defaultChild as CfnUserPoolClient;
  const call = {
    service: 'CognitoIdentityServiceProvider',
    action: 'updateUserPoolClient',
    physicalResourceId: PhysicalResourceId.of('page-address'),
    parameters: {
      UserPoolId: pool.userPoolId,
      ClientId: client.userPoolClientId,
      CallbackURLs: [`${address}/`],
      LogoutURLs: [`${address}/`],
      AllowedOAuthFlows: page.allowedOAuthFlows,
      AllowedOAuthFlowsUserPoolClient: page.allowedOAuthFlowsUserPoolClient,
      AllowedOAuthScopes: page.allowedOAuthScopes,
      SupportedIdentityProviders: page.supportedIdentityProviders,
      ExplicitAuthFlows: page.explicitAuthFlows,
      PreventUserExistenceErrors: page.preventUserExistenceErrors,
      EnableTokenRevocation: page.enableTokenRevocation,
      AccessTokenValidity: page.accessTokenValidity,
      IdTokenValidity: page.idTokenValidity,
      RefreshTokenValidity: page.refreshTokenValidity,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
    },
  };
  new AwsCustomResource(scope, 'PageAddress', {
    onUpdate: call,
    policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: [pool.userPoolArn] }),
    installLatestAwsSdk: false,
    logGroup: new logs.LogGroup(scope, 'PageAddressLogs', {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
  });
}
