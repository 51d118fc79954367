import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { acknowledge } from './acknowledge.ts';
import type { SignIn } from './issuer.ts';
import { OPEN_PATHS } from './routes.ts';

/** Verifies signature, issuer, audience and times of the token of each call. */
export function jwtAuthorizer({ issuer, audience }: SignIn): apigateway.IHttpRouteAuthorizer {
  return new HttpJwtAuthorizer('SignIn', issuer, { jwtAudience: [audience] });
}

/**
 * What shows nothing of anybody: the API's documents, its health, that something is not there, and preflights, which
 * carry no token.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function openRoutes(httpApi: apigateway.HttpApi, integration: apigateway.HttpRouteIntegration): void {
  const open = (path: string, method: apigateway.HttpMethod) =>
    httpApi.addRoutes({ path, methods: [method], integration, authorizer: new apigateway.HttpNoneAuthorizer() });
  const routes = [
    ...OPEN_PATHS.flatMap((path) => open(path, apigateway.HttpMethod.ANY)),
    ...open('/{proxy+}', apigateway.HttpMethod.OPTIONS),
  ];
  for (const route of routes) acknowledge(route, 'AwsSolutions-APIG4', 'What it answers is the same for everybody.');
}
