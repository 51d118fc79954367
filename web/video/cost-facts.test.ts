import { expect, it } from 'vitest';
import { costOf } from '../../core/prices/cost-of.ts';
import { pricesIn } from '../../core/prices/prices.ts';
import { pendingProcess } from '../../core/process.ts';
import { NOTHING_SPENT } from '../../core/spent.ts';
import { costFacts, dollars } from './cost-facts.ts';

const now = new Date('2026-01-01T00:00:00Z');

it('tells what the work took, and what that costs where', () => {
  const enhanced = { ...NOTHING_SPENT, runs: 1, seconds: 75, vcpu_seconds: 150, gib_seconds: 300 };
  const processes = {
    video_enhancement: {
      ...pendingProcess(now),
      spent: { ...enhanced, s3_reads: 40, s3_writes: 5, table_writes: 300.5 },
    },
    metadata_extraction: { ...pendingProcess(now), spent: { ...NOTHING_SPENT, runs: 1, seconds: 0.42, s3_reads: 3 } },
  };
  const facts = costFacts({ cost: costOf({ processes }, pricesIn('us-east-1')), receipts: {} });
  expect(facts.map(({ name, value, more }) => `${name}: ${value}, ${more}`)).toEqual([
    'Cost: $0.0019, by us-east-1’s list prices',
    'Workers: 1 min 15 s, 150 vCPU-seconds',
    'Function: 420 ms, for the metadata',
    'Storage: 48 requests, 5 of them writes',
    'Table: 301 units written, 0 read',
  ]);
});

it('writes small amounts with two digits that say something', () => {
  expect([0, 0.0000012, 0.00042, 0.0031, 0.056, 0.5, 12.3].map(dollars)).toEqual([
    '$0',
    '$0.000001',
    '$0.00042',
    '$0.0031',
    '$0.056',
    '$0.50',
    '$12.30',
  ]);
});
