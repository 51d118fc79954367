import type { APIGatewayAuthorizerResult, StatementEffect } from 'aws-lambda';
import { functionLog, tickets } from '../../adapters/from-environment.ts';
import { admit } from '../../pipeline/admit.ts';

const log = functionLog();
const ports = { tickets: tickets() };

/** What an authorizer of `$connect` is told. */
interface ConnectEvent {
  methodArn: string;
  queryStringParameters?: { ticket?: string | undefined } | null;
}

/** Takes the ticket of whoever opens a WebSocket. What it answers is for this one connection: nothing of it is cached. */
export async function handler({ methodArn, queryStringParameters }: ConnectEvent): Promise<APIGatewayAuthorizerResult> {
  const owner = await admit(ports, queryStringParameters?.ticket ?? '');
  if (owner === undefined) log.info('a ticket was refused');
  const Effect: StatementEffect = owner === undefined ? 'Deny' : 'Allow';
  return {
    principalId: owner ?? 'nobody',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: methodArn }],
    },
  };
}
