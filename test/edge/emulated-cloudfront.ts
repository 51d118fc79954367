import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { ask, type Question, type Reply } from './ask.ts';

/** AWS's own: nothing cached, everything forwarded but the Host. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

/** A distribution with nothing but our function and an origin that tells what it was asked. */
export interface EmulatedCloudFront {
  /** The function's answer, or in the body the URL that the origin was asked for. */
  ask(question: Question): Promise<Reply>;
  close(): Promise<void>;
}

/** The emulator's idea of CloudFront: a second opinion on the function, from somebody else's hand. */
export async function startCloudFront(emulator: string, functionFile: URL): Promise<EmulatedCloudFront> {
  const origin = createServer((request, response) => void request.resume().on('end', () => response.end(request.url)));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const { port } = origin.address() as AddressInfo;
  const StackName = `edge-function-${process.pid}`;
  const cloudformation = new CloudFormationClient({});
  const template = templateOf(readFileSync(functionFile, 'utf8'), StackName, port);
  await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
  const patience = { client: cloudformation, minDelay: 1, maxDelay: 1, maxWaitTime: 30 };
  await waitUntilStackCreateComplete(patience, { StackName });
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
  const host = Stacks?.[0]?.Outputs?.[0]?.OutputValue ?? '';
  return {
    ask: (question) => ask(emulator, { ...question, headers: { ...question.headers, host } }),
    async close() {
      await cloudformation.send(new DeleteStackCommand({ StackName }));
      origin.closeAllConnections();
      origin.close();
    },
  };
}

function templateOf(source: string, name: string, port: number) {
  return {
    Resources: {
      Function: {
        Type: 'AWS::CloudFront::Function',
        Properties: {
          Name: name,
          AutoPublish: true,
          FunctionCode: source,
          FunctionConfig: { Comment: 'under test', Runtime: 'cloudfront-js-2.0' },
        },
      },
      Distribution: {
        Type: 'AWS::CloudFront::Distribution',
        Properties: {
          DistributionConfig: {
            Enabled: true,
            Origins: [
              {
                Id: 'origin',
                DomainName: '127.0.0.1',
                CustomOriginConfig: { HTTPPort: port, OriginProtocolPolicy: 'http-only' },
              },
            ],
            DefaultCacheBehavior: {
              TargetOriginId: 'origin',
              ViewerProtocolPolicy: 'allow-all',
              AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
              CachePolicyId: CACHING_DISABLED,
              OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
              FunctionAssociations: [
                { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': ['Function', 'FunctionARN'] } },
              ],
            },
          },
        },
      },
    },
    Outputs: { Domain: { Value: { 'Fn::GetAtt': ['Distribution', 'DomainName'] } } },
  };
}
