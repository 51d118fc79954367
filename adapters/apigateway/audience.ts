import {
  type ApiGatewayManagementApiClient,
  ApiGatewayManagementApiServiceException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { TransientError } from '../../core/errors.ts';
import type { Audience } from '../../core/ports/audience.ts';
import { frameOf } from './frame.ts';

/** API Gateway's answer for a connection that was closed, and for one that is still being made. */
const GONE = 410;

/** The connections of a WebSocket API. */
export function apiGatewayAudience(client: ApiGatewayManagementApiClient): Audience {
  return {
    async tell(connectionId, message) {
      const command = new PostToConnectionCommand({ ConnectionId: connectionId, Data: frameOf(message) });
      try {
        await client.send(command);
        return 'told';
      } catch (error) {
        const status = error instanceof ApiGatewayManagementApiServiceException && error.$metadata.httpStatusCode;
        if (status === GONE) return 'gone';
        throw new TransientError('push_failed', 'A WebSocket message could not be sent.', { cause: error });
      }
    },
  };
}
