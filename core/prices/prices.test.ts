import { describe, expect, it } from 'vitest';
import { brokerHour, type Priced, PriceUnknown, pricesIn, pricesNear } from './prices.ts';
import { PRICED_REGIONS } from './regions.ts';
import table from './table.json' with { type: 'json' };

describe('the table of prices', () => {
  it('says of each price in which unit it is, where AWS tells it, and who confirmed it', () => {
    const sources = Object.keys(table.confirmed_by);
    expect(table.as_of).toMatch(/^20\d\d-\d\d-\d\d$/);
    for (const [name, item] of Object.entries(table.items)) {
      expect([name, item.unit !== '', item.source]).toEqual([
        name,
        true,
        expect.stringMatching(/^https:\/\/aws\.amazon\.com\//),
      ]);
      for (const region of PRICED_REGIONS) {
        const { usd, confirmed } = item[region];
        expect([name, usd > 0, confirmed === null || sources.includes(confirmed)]).toEqual([name, true, true]);
      }
    }
  });

  it('has both regions within a quarter of each other, or somebody wrote a zero too many', () => {
    for (const [name, item] of Object.entries(table.items)) {
      const ratio = item['eu-west-1'].usd / item['us-east-1'].usd;
      expect([name, ratio >= 0.8 && ratio <= 1.25]).toEqual([name, true]);
    }
  });
});

it('answers by region, and refuses one that it does not have, saying what to do', () => {
  expect(pricesIn('us-east-1').of('fargate_vcpu_hour')).toBe(0.03238);
  expect(pricesIn('eu-west-1').of('nat_hour' satisfies Priced)).toBe(0.048);
  expect(() => pricesIn('mars-north-1')).toThrow(PriceUnknown);
  expect(() => pricesIn('mars-north-1')).toThrow(/add them to core\/prices\/table\.json/);
  expect(pricesNear('mars-north-1').region).toBe('us-east-1');
  expect(pricesNear('eu-west-1').region).toBe('eu-west-1');
});

it('knows brokers by their instance type', () => {
  expect(brokerHour(pricesIn('us-east-1'), 'mq.m7g.large')).toBe(0.2734);
  expect(() => brokerHour(pricesIn('us-east-1'), 'mq.m7g.16xlarge')).toThrow(
    /no price for a broker on mq\.m7g\.16xlarge/,
  );
});
