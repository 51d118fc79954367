import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type StubServer, startServer } from '../../test/edge/stub-origins.ts';
import { rabbitMqEvent } from './event.ts';
import { lambdaInvoke } from './invoke.ts';

const event = rabbitMqEvent({ arn: 'arn:aws:mq:x', queue: 'q', virtualHost: '/' }, []);
const never = new AbortController().signal;

/** A Lambda service that does what a test says. */
let lambda: StubServer;
let answer: RequestListener;
beforeAll(async () => {
  lambda = await startServer((request, response) => request.on('end', () => answer(request, response)));
  vi.stubEnv('AWS_ENDPOINT_URL', lambda.base);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterAll(() => {
  vi.unstubAllEnvs();
  return lambda.close();
});
beforeEach(() => {
  lambda.asked.length = 0;
});

const fails = (status: number, headers: Record<string, string>, body: unknown) => {
  answer = (_request, response) => void response.writeHead(status, headers).end(JSON.stringify(body));
};

it('hands the event over and waits for the end', async () => {
  answer = (_request, response) => void setTimeout(() => response.writeHead(200).end('null'), 50);
  const started = performance.now();
  await lambdaInvoke('metadata')(event, never);
  expect(performance.now() - started).toBeGreaterThanOrEqual(49);
  expect(lambda.asked).toMatchObject([
    { method: 'POST', url: '/2015-03-31/functions/metadata/invocations', body: JSON.stringify(event) },
  ]);
  expect(lambda.asked[0]?.headers['x-amz-invocation-type'] ?? 'RequestResponse').toBe('RequestResponse');
});

it('says what a function failed of', async () => {
  fails(200, { 'x-amz-function-error': 'Unhandled' }, { errorType: 'Error', errorMessage: '1 of 2 tasks' });
  await expect(lambdaInvoke('metadata')(event, never)).rejects.toMatchObject({
    code: 'function_failed',
    message: 'metadata failed: Error: 1 of 2 tasks',
  });
});

it('knows a function that failed without a reason', async () => {
  fails(200, { 'x-amz-function-error': 'Unhandled' }, undefined);
  await expect(lambdaInvoke('metadata')(event, never)).rejects.toMatchObject({ code: 'function_failed' });
});

it.each([
  [429, 'TooManyRequestsException'],
  [404, 'ResourceNotFoundException'],
  [500, 'ServiceException'],
])('throws on %i, without trying again by itself', async (status, name) => {
  fails(status, { 'x-amzn-errortype': name }, { message: 'no' });
  await expect(lambdaInvoke('metadata')(event, never)).rejects.toMatchObject({ name });
  expect(lambda.asked).toHaveLength(1);
});

it('throws when the service hangs up', async () => {
  answer = (request) => request.socket.destroy();
  await expect(lambdaInvoke('metadata')(event, never)).rejects.toThrow();
});

it('is given up by the signal', async () => {
  answer = () => {};
  const stop = new AbortController();
  const invocation = lambdaInvoke('metadata')(event, stop.signal);
  setTimeout(() => stop.abort(), 50);
  await expect(invocation).rejects.toMatchObject({ name: 'AbortError' });
});
