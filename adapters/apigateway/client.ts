import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiClientConfig,
} from '@aws-sdk/client-apigatewaymanagementapi';

/**
 * The client that the audience takes. A message is small and soon stale: it is sent within seconds or not at all.
 *
 * @param endpoint - the callback URL of the WebSocket stage
 */
export function createSocketClient(
  endpoint: string,
  config: Omit<ApiGatewayManagementApiClientConfig, 'endpoint'> = {},
): ApiGatewayManagementApiClient {
  return new ApiGatewayManagementApiClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    ...config,
    endpoint,
  });
}
