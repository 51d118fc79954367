import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer } from './answer.ts';

const heard: { method: string | undefined; type: string | undefined; body: unknown }[] = [];
let server: Server;
let status = 200;
let event: CloudFormationCustomResourceEvent;

beforeEach(async () => {
  heard.length = 0;
  status = 200;
  server = createServer(async (request, response) => {
    const body = JSON.parse((await request.toArray()).join(''));
    heard.push({ method: request.method, type: request.headers['content-type'], body });
    response.writeHead(status).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  event = {
    RequestType: 'Create',
    ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:topology',
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/signed`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Queues',
    ResourceType: 'Custom::ReelightQueues',
    ResourceProperties: { ServiceToken: '' },
  };
});
afterEach(() => new Promise((closed) => server.close(closed)));

describe('the answer to CloudFormation', () => {
  it('says that it went well, of the same resource each time, with no type that was not signed', async () => {
    await answer(event, { Status: 'SUCCESS' }, 'queues');
    const common = { StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Queues' };
    expect(heard).toEqual([
      { method: 'PUT', type: '', body: { Status: 'SUCCESS', PhysicalResourceId: 'queues', ...common } },
    ]);
  });

  it('says why it did not', async () => {
    await answer(event, { Status: 'FAILED', Reason: 'The queue exists with other arguments.' }, 'queues');
    expect(heard[0]?.body).toMatchObject({ Status: 'FAILED', Reason: 'The queue exists with other arguments.' });
  });

  it('fails when it is not heard, so that Lambda tries again', async () => {
    status = 503;
    await expect(answer(event, { Status: 'SUCCESS' }, 'queues')).rejects.toThrow('503');
  });
});
