import { afterEach, describe, expect, it, vi } from 'vitest';
import { cameThroughEdge, throughEdge } from './through-edge.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a request', () => {
  it('came through the edge when it has what that adds, whoever spells its name', () => {
    expect(cameThroughEdge({ 'x-reelight-edge': 's3cret' }, 's3cret')).toBe(true);
    expect(cameThroughEdge({ 'X-Reelight-Edge': 's3cret' }, 's3cret')).toBe(true);
  });

  it.each([
    [{}],
    [null],
    [undefined],
    [{ 'x-reelight-edge': '' }],
    [{ 'x-reelight-edge': 's3cret2' }],
    [{ other: 's3cret' }],
  ])('did not with %j', (headers) => {
    expect(cameThroughEdge(headers, 's3cret')).toBe(false);
  });

  it('is taken as it comes where there is no edge to come through', () => {
    expect(cameThroughEdge({}, undefined)).toBe(true);
    expect(cameThroughEdge({}, '')).toBe(true);
  });
});

describe('a handler behind the edge', () => {
  const handler = throughEdge(async (event: { headers: Record<string, string> }, context: string) => [event, context]);

  it('is called with what came', async () => {
    vi.stubEnv('ORIGIN_SECRET', 's3cret');
    const event = { headers: { 'x-reelight-edge': 's3cret' } };
    expect(await handler(event, 'context')).toEqual([event, 'context']);
  });

  it('is not called with what came another way', async () => {
    vi.stubEnv('ORIGIN_SECRET', 's3cret');
    const answer = await handler({ headers: {} }, 'context');
    expect(answer).toMatchObject({ statusCode: 403, headers: { 'content-type': 'application/problem+json' } });
    expect(JSON.parse((answer as { body: string }).body)).toMatchObject({ status: 403, code: 'not_through_edge' });
  });
});
