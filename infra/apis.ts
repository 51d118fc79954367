import { Validations } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import type { Config } from './config.ts';

/** The address of an API in AWS, or the emulator's for the same API, which goes by path. */
export function address(config: Config, scheme: 'http' | 'ws', apiId: string, aws: string, stage?: string): string {
  if (config.target === 'aws') return aws;
  const base = config.emulatorUrl.replace(/^http/, scheme);
  return [base, '_aws/execute-api', apiId, stage ?? '$default'].join('/');
}

/** Where functions post to connections. */
export function callbackUrl(config: Config, stage: apigateway.WebSocketStage): string {
  return address(config, 'http', stage.api.apiId, stage.callbackUrl, stage.stageName);
}

/** The emulator reads this one property as the service's own API spells it, not as CloudFormation does. */
export function respellCors(httpApi: apigateway.HttpApi): void {
  const api = httpApi.node.defaultChild as apigateway.CfnApi;
  const { maxAge, ...lists } = api.corsConfiguration as apigateway.CfnApi.CorsProperty;
  api.addPropertyOverride('CorsConfiguration', { ...lists, maxAge });
  const reason = 'The emulator reads the other spelling.';
  Validations.of(api).acknowledge({ id: 'CloudFormation-Validate::F3002', reason });
}

/** A bound for everybody together, so that a flood costs little and takes nothing from other APIs of the account. */
export function throttle(config: Config): Pick<apigateway.StageOptions, 'throttle'> {
  if (config.target !== 'aws') return {};
  const { requestsPerSecond } = config;
  return { throttle: { rateLimit: requestsPerSecond, burstLimit: 2 * requestsPerSecond } };
}
