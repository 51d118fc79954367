import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { audience, functionLog, now, required, table } from '../../adapters/from-environment.ts';
import { ClientId } from '../../core/video.ts';
import { converse } from '../../pipeline/converse.ts';
import { cameThroughEdge } from '../through-edge.ts';

const log = functionLog();
const { connections, videos } = table();
const allowedOrigins = required('ALLOWED_ORIGINS').split(',');
const ports = { connections, videos, audience: audience(), now };

/** `$connect` carries what the others do not: the query string and the headers. */
type SocketEvent = APIGatewayProxyWebsocketEventV2 & {
  requestContext: { authorizer?: { principalId?: string } | null };
  queryStringParameters?: Record<string, string | undefined> | null;
  headers?: Record<string, string | undefined> | null;
};

/** One function for the three routes of the WebSocket API. */
export async function handler(event: SocketEvent): Promise<APIGatewayProxyResultV2> {
  const { routeKey, connectionId } = event.requestContext;
  if (routeKey === '$connect') return connect(event, connectionId);
  if (routeKey === '$disconnect') await connections.remove(connectionId);
  else await converse(ports, connectionId, event.body ?? '');
  return { statusCode: 200 };
}

/** Writes the connection down; nothing can be sent from in here, so the table's stream greets. */
async function connect(event: SocketEvent, connectionId: string): Promise<APIGatewayProxyResultV2> {
  if (!cameThroughEdge(event.headers)) return { statusCode: 403, body: 'This address is not for calling.' };
  const client = ClientId.safeParse(event.queryStringParameters?.client_id);
  if (!client.success) return { statusCode: 400, body: 'client_id must be 1 to 128 characters of A-Za-z0-9_.-' };
  if (!originAllowed(event.headers ?? {})) return { statusCode: 403, body: 'This origin is not allowed.' };
  const owner = ownerIn(event);
  if (owner === undefined) return { statusCode: 401, body: 'Connect with a ticket.' };
  const who = { connection_id: connectionId, owner, client_id: client.data };
  await connections.add({ ...who, connected_at: now().toISOString() });
  log.info('connected', { connection: connectionId });
  return { statusCode: 200 };
}

/** Whose the ticket was that the authorizer took; null where nobody signs in. */
function ownerIn({ requestContext }: SocketEvent): string | null | undefined {
  return process.env.SIGN_IN === 'oidc' ? requestContext.authorizer?.principalId : null;
}

/** Browsers do not apply CORS to WebSockets, so the server has to. Clients that are no browsers send no origin. */
function originAllowed(headers: Record<string, string | undefined>): boolean {
  const origin = headers.Origin ?? headers.origin;
  return !origin || allowedOrigins.includes('*') || allowedOrigins.includes(origin);
}
