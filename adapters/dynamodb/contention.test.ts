import {
  ConditionalCheckFailedException,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { again, outcome, untilSettled } from './contention.ts';

const meta = { $metadata: {}, message: 'no' };
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    ...meta,
    CancellationReasons: codes.map((Code) => ({ Code, ...(Code !== 'None' && { Item: { seq: { N: '7' } } }) })),
  });

describe('outcome', () => {
  it('is undefined when the write happened', async () => {
    expect(await outcome(Promise.resolve({}))).toBeUndefined();
  });

  it('says what a single write met', async () => {
    const met = await outcome(
      Promise.reject(new ConditionalCheckFailedException({ ...meta, Item: { a: { S: 'b' } } })),
    );
    expect([met?.failed(0), met?.failed(1), met?.found(0)]).toEqual([true, false, { a: 'b' }]);
    const nothing = await outcome(Promise.reject(new ConditionalCheckFailedException(meta)));
    expect([nothing?.failed(0), nothing?.found(0)]).toEqual([true, undefined]);
  });

  it('says which condition of a transaction failed', async () => {
    const met = await outcome(Promise.reject(cancelled('None', 'ConditionalCheckFailed')));
    expect([met?.failed(0), met?.failed(1), met?.found(0), met?.found(1)]).toEqual([
      false,
      true,
      undefined,
      { seq: 7 },
    ]);
  });

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'is no failed condition, but no success either, on %s',
    async (code) => {
      const met = await outcome(Promise.reject(cancelled('None', code)));
      expect([met?.failed(0), met?.failed(1)]).toEqual([false, false]);
    },
  );

  it('is the same for a single write that met a transaction', async () => {
    const met = await outcome(Promise.reject(new TransactionConflictException(meta)));
    expect([met?.failed(0), met?.found(0)]).toEqual([false, undefined]);
  });

  it.each([
    cancelled('None', 'ValidationError'),
    cancelled('ItemCollectionSizeLimitExceeded'),
    new ResourceNotFoundException(meta),
    new Error('anything'),
  ])('throws what is not about state: %s', async (error) => {
    await expect(outcome(Promise.reject(error))).rejects.toBe(error);
  });
});

describe('untilSettled', () => {
  it('tries until there is an answer, be it nothing', async () => {
    let tries = 0;
    expect(await untilSettled('x', async () => (++tries < 4 ? again : undefined))).toBeUndefined();
    expect(tries).toBe(4);
  });

  it('lets errors through at once', async () => {
    let tries = 0;
    const trying = untilSettled('x', async () => {
      tries++;
      throw new RangeError('no');
    });
    await expect(trying).rejects.toThrow(RangeError);
    expect(tries).toBe(1);
  });
});
