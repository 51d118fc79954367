import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe } from 'vitest';
import WebSocket from 'ws';
import { apiGatewayAudience } from '../../adapters/apigateway/audience.ts';
import { createSocketClient } from '../../adapters/apigateway/client.ts';
import { audienceConformance } from '../conformance/audience.ts';
import { emulator } from './emulator.ts';

/* The audience on API Gateway: a WebSocket API whose only function tells who asks what their connection is called. */

const StackName = `test-${randomUUID()}`;
let cloudFormation: CloudFormationClient;
let stage: string;

beforeAll(async () => {
  cloudFormation = new CloudFormationClient(emulator());
  const TemplateBody = JSON.stringify({ Resources: RESOURCES, Outputs: { Api: { Value: { Ref: 'Api' } } } });
  await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_IAM'] }));
  await waitUntilStackCreateComplete({ client: cloudFormation, maxWaitTime: 60, minDelay: 1 }, { StackName });
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  stage = `${emulator().endpoint}/_aws/execute-api/${Stacks?.[0]?.Outputs?.[0]?.OutputValue}/live`;
});
afterAll(async () => {
  await cloudFormation.send(new DeleteStackCommand({ StackName }));
  cloudFormation.destroy();
});

describe('audience on API Gateway', () =>
  audienceConformance(async () => {
    const { region, credentials } = emulator();
    const socket = new WebSocket(stage.replace(/^http/, 'ws'));
    await once(socket, 'open');
    const [connectionId] = await Promise.all([nextText(socket), socket.send('who am I')]);
    const heard: unknown[] = [];
    socket.on('message', (data) => heard.push(JSON.parse(String(data))));
    const client = createSocketClient(stage, { region, credentials });
    return {
      audience: apiGatewayAudience(client),
      connectionId,
      async heard(count) {
        while (heard.length < count) await sleep(10);
        return heard;
      },
      async hangUp() {
        socket.close();
        await once(socket, 'close');
        // The gateway learns of it a moment later.
        const known = () => client.send(new GetConnectionCommand({ ConnectionId: connectionId }));
        while (await known().catch(() => undefined)) await sleep(20);
      },
      async close() {
        socket.terminate();
        client.destroy();
      },
    };
  }));

async function nextText(socket: WebSocket): Promise<string> {
  const [data] = await once(socket, 'message');
  return String(data);
}

const RESOURCES = {
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
    },
  },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Code: {
        ZipFile: 'exports.handler = async (event) => ({ statusCode: 200, body: event.requestContext.connectionId });',
      },
    },
  },
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { Ref: 'Function' },
      Principal: 'apigateway.amazonaws.com',
    },
  },
  Api: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: StackName, ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: {
        'Fn::Join': [
          '',
          [
            'arn:aws:apigateway:',
            { Ref: 'AWS::Region' },
            ':lambda:path/2015-03-31/functions/',
            { 'Fn::GetAtt': ['Function', 'Arn'] },
            '/invocations',
          ],
        ],
      },
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: '$default',
      RouteResponseSelectionExpression: '$default',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
    },
  },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'Api' }, StageName: 'live', AutoDeploy: true },
  },
};
