import { createServer } from 'node:net';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { emulatorAt, outputsOf } from './emulator.ts';

const stack = (StackName: string, StackStatus: Stack['StackStatus'], outputs: Record<string, string>): Stack => ({
  StackName,
  StackStatus,
  CreationTime: new Date(0),
  Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
});

describe('outputsOf', () => {
  const data = stack('data', 'CREATE_COMPLETE', { TableName: 'table' });
  const api = stack('api', 'UPDATE_COMPLETE', { ApiUrl: 'http://localhost' });

  it('joins what the stacks say', () => {
    const other = stack('other', 'CREATE_COMPLETE', { ApiUrl: "somebody else's" });
    expect(outputsOf([other, api, data], ['data', 'api'])).toEqual({ TableName: 'table', ApiUrl: 'http://localhost' });
  });

  it.each([
    ['a stack is missing', [data]],
    ['a stack could not be created', [data, stack('api', 'ROLLBACK_COMPLETE', {})]],
    ['an update was taken back', [data, stack('api', 'UPDATE_ROLLBACK_COMPLETE', { ApiUrl: 'old' })]],
    ['a stack was removed', [data, stack('api', 'DELETE_COMPLETE', {})]],
  ])('is undefined when %s', (_, stacks) => {
    expect(outputsOf(stacks, ['data', 'api'])).toBeUndefined();
  });
});

describe('emulatorAt', () => {
  it('says what to do when nothing answers', async () => {
    await expect(emulatorAt(await aFreePort())).rejects.toMatchObject({
      code: 'not_ready',
      message: expect.stringContaining('npm run start:emulator'),
    });
  });
});

function aFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
