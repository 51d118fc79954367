import { describe, expect, it } from 'vitest';
import { Cost } from '../cost.ts';
import { pendingProcess } from '../process.ts';
import { NOTHING_SPENT, spentSince, sumSpent } from '../spent.ts';
import { costOf } from './cost-of.ts';
import { pricesIn } from './prices.ts';

const now = new Date('2026-01-01T00:00:00Z');
const videoThatTook = (enhancing = NOTHING_SPENT, extracting = NOTHING_SPENT) => ({
  processes: {
    video_enhancement: { ...pendingProcess(now), spent: enhancing },
    metadata_extraction: { ...pendingProcess(now), spent: extracting },
  },
});
const one = { ...NOTHING_SPENT, runs: 1 };

describe('the cost of a video', () => {
  it('is a worker by its cores and memory, a function by its memory and calls', () => {
    const enhancing = { ...one, seconds: 3600, vcpu_seconds: 7200, gib_seconds: 14_400 };
    const extracting = { ...one, seconds: 0.5, gib_seconds: 1 };
    const cost = costOf(videoThatTook(enhancing, extracting), pricesIn('us-east-1'));
    expect(cost.processes.video_enhancement).toMatchObject({ dollars: 0.079, lambda_ms: 0 });
    expect(cost.processes.metadata_extraction).toMatchObject({ dollars: 0.000014, lambda_ms: 500 });
    expect(cost).toMatchObject({ dollars: 0.079014, currency: 'USD', region: 'us-east-1' });
    expect(Cost.parse(cost)).toEqual(cost);
  });

  it('has requests, at the prices of the region', () => {
    const asked = { ...one, s3_writes: 1000, s3_reads: 10_000, table_writes: 1000, table_reads: 1000 };
    const dollars = (region: string) => costOf(videoThatTook(asked), pricesIn(region)).dollars;
    expect(dollars('us-east-1')).toBeCloseTo(0.005 + 0.004 + 0.000625 + 0.000125, 5);
    expect(dollars('eu-west-1')).toBeCloseTo(0.005 + 0.004 + 0.000707 + 0.000142, 5);
  });

  it('is nothing before the work begins', () => {
    expect(costOf(videoThatTook(), pricesIn('us-east-1')).dollars).toBe(0);
  });
});

it('adds up, and takes apart again, without tails of fractions', () => {
  const parts = Array.from({ length: 10 }, () => ({ ...one, seconds: 0.1, table_writes: 0.5 }));
  const sum = sumSpent(...parts);
  expect(sum).toEqual({ ...NOTHING_SPENT, runs: 10, seconds: 1, table_writes: 5 });
  expect(spentSince(parts[0] ?? one, sum)).toEqual({ ...NOTHING_SPENT, runs: 9, seconds: 0.9, table_writes: 4.5 });
});
