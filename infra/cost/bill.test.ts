import { describe, expect, it } from 'vitest';
import { pricesIn } from '../../core/prices/prices.ts';
import { NOTHING_SPENT } from '../../core/spent.ts';
import { type AwsConfig, readConfig } from '../config.ts';
import { DEPLOYMENTS, type Deployment, ON_AWS, resources, templates } from '../templates.fixture.ts';
import { FUNCTION_MEMORY } from './assumed.ts';
import { type Bill, billFor } from './bill.ts';
import { standingOf } from './kept.ts';
import { type Load, videoOf } from './load.ts';
import type { Measured, MeasuredVideo } from './measured.ts';

const run = { ...NOTHING_SPENT, runs: 1 };
const short: MeasuredVideo = {
  ...{ seconds: 5, source_bytes: 1_000_000, enhanced_bytes: 1_500_000, beside_bytes: 1_100_000 },
  ...{ cpu_seconds: 6, changes: 10, notices: 8 },
  enhancement: { ...run, s3_writes: 9, s3_reads: 8, table_writes: 80, table_reads: 30 },
  extraction: { ...run, seconds: 0.5, gib_seconds: 1, s3_writes: 1, s3_reads: 4, table_writes: 6, table_reads: 4 },
};
const long: MeasuredVideo = { ...short, seconds: 65, cpu_seconds: 66, enhanced_bytes: 16_500_000 };
const both = { short, long };
const measured: Measured = {
  ...{ v: 1, measured_at: '2026-01-01', how: 'made up' },
  machine: { cpu: '', cores: 2, load: 0, ffmpeg: '', node: '' },
  picture: { width: 1280, height: 720, frames_per_second: 25 },
  profiles: { adaptive: both, classic: both, passthrough: both },
};
const LOAD: Load = { minutes: 1000, profile: 'adaptive', videoMinutes: 1, views: 2, keepMonths: 1, burstsPerDay: 4 };
const prices = pricesIn('us-east-1');

const configOf = (deployment: Deployment, more: Record<string, unknown> = {}) => {
  const config = readConfig({ ...DEPLOYMENTS[deployment], ...more });
  if (config.target !== 'aws') throw new Error('not on AWS');
  return config;
};
const bill = (load: Partial<Load> = {}, config: AwsConfig = configOf('prod')) =>
  billFor(config, { ...LOAD, ...load }, measured, prices);
const lines = ({ lines }: Bill, service: string, what = '') =>
  lines.filter((line) => line.service === service && line.what.includes(what));

describe('what one video takes', () => {
  it('is on the line through a short and a long one', () => {
    expect(videoOf(measured, 'adaptive', 5)).toEqual(short);
    expect(videoOf(measured, 'adaptive', 125)).toMatchObject({ cpu_seconds: 126, enhanced_bytes: 31_500_000 });
    expect(videoOf(measured, 'adaptive', 35)).toMatchObject({ cpu_seconds: 36, changes: 10 });
  });
});

it('is not blamed for the slowness of the machine that it was measured on', () => {
  // A heartbeat a second, ten times as long as a worker would need.
  const slow = { ...short, enhancement: { ...short.enhancement, seconds: (10 * 6) / 1.1 } };
  const there = {
    ...measured,
    profiles: { ...measured.profiles, classic: { short: slow, long: { ...slow, seconds: 65 } } },
  };
  const { changes, notices, enhancement, cpu_seconds } = videoOf(there, 'classic', 5);
  expect([changes, notices, cpu_seconds]).toEqual([expect.closeTo(1), expect.closeTo(0.8), 6]);
  expect(enhancement).toMatchObject({ table_writes: expect.closeTo(8), table_reads: expect.closeTo(3), s3_reads: 8 });
});

describe('the bill', () => {
  it('is the sum of its lines, each a quantity times a price', () => {
    const { lines, dollars, standing, perMinute } = bill();
    for (const line of lines) expect(line.dollars).toBeCloseTo(line.quantity * line.price, 10);
    expect(lines.reduce((sum, line) => sum + line.dollars, 0)).toBeCloseTo(dollars, 8);
    expect(standing + 1000 * perMinute).toBeCloseTo(dollars, 8);
    const services = new Set(lines.map(({ service }) => service));
    for (const service of ['Fargate', 'Amazon MQ', 'Lambda', 'S3', 'DynamoDB', 'CloudFront', 'API Gateway']) {
      expect(services).toContain(service);
    }
    for (const service of ['SQS', 'Network', 'CloudWatch', 'X-Ray', 'WAF', 'Secrets Manager']) {
      expect(services).toContain(service);
    }
  });

  it('has no keys, since none are of our own, and no firewall where there is none', () => {
    expect(lines(bill(), 'KMS')).toEqual([]);
    expect(lines(bill({}, configOf('dev')), 'WAF')).toEqual([]);
  });

  it('counts work by FFmpeg’s seconds of processor: 60 h of 1.1 cores', () => {
    // 61 s of FFmpeg a video of a minute.
    const videos = (60 * 3600 * 1.1) / 61;
    const [worker] = lines(bill({ minutes: videos }, configOf('dev')), 'Fargate', 'at work, Spot, 2 vCPU, 4 GiB');
    expect(worker?.quantity).toBeCloseTo(60, 6);
    const hour = 2 * 0.03238 + 4 * 0.00356 + 30 * 0.000111;
    expect(worker?.price).toBeCloseTo(0.35 * hour, 10);
  });

  it('lets the worker that is always there do what it can, on demand, and adds Spot', () => {
    const some = bill({ minutes: 1000 });
    expect(lines(some, 'Fargate').map(({ what }) => what)).toEqual(['workers always there, on demand, 2 vCPU, 8 GiB']);
    const much = bill({ minutes: 1_000_000 });
    expect(lines(much, 'Fargate', 'always there')[0]?.quantity).toBe(730);
    expect(lines(much, 'Fargate', 'at work, Spot')[0]?.quantity).toBeCloseTo((1e6 * 61) / 1.1 / 3600 - 730, 4);
  });

  it('has what workers wait for where none is always there, and never more often than videos come', () => {
    const waiting = (load: Partial<Load>) => lines(bill(load, configOf('dev')), 'Fargate', 'waiting')[0]?.quantity ?? 0;
    expect(waiting({ burstsPerDay: 4 })).toBeCloseTo((4 * 730 * 11) / 24 / 60, 6);
    expect(waiting({ minutes: 3 })).toBeCloseTo((3 * 11) / 60, 6);
    expect(waiting({ minutes: 0 })).toBe(0);
  });

  it('has storage for as long as it is kept, and delivery as often as it is watched', () => {
    const gb = (load: Partial<Load>) => [
      lines(bill(load), 'S3', 'sources')[0]?.quantity,
      lines(bill(load), 'CloudFront', 'to viewers')[0]?.quantity,
    ];
    const [stored, delivered] = gb({});
    expect(gb({ keepMonths: 12, views: 10 })).toEqual([
      expect.closeTo(12 * (stored ?? 0), 8),
      expect.closeTo(5 * (delivered ?? 0), 8),
    ]);
    expect(delivered).toBeCloseTo((1000 * 2 * 15_250_000) / 1e9, 6);
  });

  it('is dearer where a region is', () => {
    const there = billFor(configOf('prod'), LOAD, measured, pricesIn('eu-west-1'));
    expect(there.dollars).toBeGreaterThan(bill().dollars);
  });
});

describe.each(ON_AWS)('what the bill says that %s has', (deployment) => {
  const all = Object.values(templates(deployment));
  const count = (type: string) => all.flatMap((template) => resources(template, type)).length;
  const config = configOf(deployment);
  const has = standingOf(config);

  it('is what its templates have', () => {
    const endpoints = all
      .flatMap((template) => resources(template, 'AWS::EC2::VPCEndpoint'))
      .filter(([, { Properties }]) => Properties.VpcEndpointType === 'Interface')
      .reduce((sum, [, { Properties }]) => sum + (Properties.SubnetIds as unknown[]).length, 0);
    const rules = all
      .flatMap((template) => resources(template, 'AWS::WAFv2::WebACL'))
      .reduce((sum, [, { Properties }]) => sum + (Properties.Rules as unknown[]).length, 0);
    expect(has).toMatchObject({
      endpoints,
      natGateways: count('AWS::EC2::NatGateway'),
      firewalls: count('AWS::WAFv2::WebACL'),
      firewallRules: rules,
      secrets: count('AWS::SecretsManager::Secret'),
      alarms: count('AWS::CloudWatch::Alarm'),
      dashboards: count('AWS::CloudWatch::Dashboard'),
      keys: count('AWS::KMS::Key'),
    });
  });

  it('are functions of the size that they are', () => {
    const functions = all.flatMap((template) => resources(template, 'AWS::Lambda::Function'));
    for (const [name, memory] of Object.entries(FUNCTION_MEMORY)) {
      const [found] = functions.filter(([id]) => new RegExp(`^${name}[0-9A-F]{8}$`, 'i').test(id));
      expect([name, found?.[1].Properties.MemorySize]).toEqual([name, memory]);
    }
  });
});
