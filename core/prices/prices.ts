import { z } from 'zod';
import { ReelightError } from '../errors.ts';
import { PRICED_REGIONS, type PricedRegion } from './regions.ts';
import table from './table.json' with { type: 'json' };

/** What has a price. table.json says of what unit, and who confirmed it. */
export type Priced = keyof typeof table.items;

/** The prices of one region. */
export interface Prices {
  region: PricedRegion;
  /** The day of the table: ISO 8601. */
  asOf: string;
  /** US dollars for one unit. */
  of(item: Priced): number;
}

/** There are no prices for what was asked. */
export class PriceUnknown extends ReelightError {
  override readonly retryable = false;
}

const Region = z.enum(PRICED_REGIONS);

/** @throws PriceUnknown `price_unknown` for a region that the table does not have */
export function pricesIn(region: string): Prices {
  const known = Region.safeParse(region);
  if (!known.success) {
    const detail = `There are no prices for ${region}, only for ${PRICED_REGIONS.join(' and ')}: add them to core/prices/table.json.`;
    throw new PriceUnknown('price_unknown', detail);
  }
  return { region: known.data, asOf: table.as_of, of: (item) => table.items[item][known.data].usd };
}

/** The prices of a region, or those of us-east-1 where the table does not have it: what is priced by them says so. */
export function pricesNear(region: string | undefined): Prices {
  return pricesIn(Region.safeParse(region).data ?? 'us-east-1');
}

/** What a broker of this instance type costs an hour. @throws PriceUnknown `price_unknown` */
export function brokerHour(prices: Prices, instance: string): number {
  const item = `broker_${instance}_hour`;
  if (!isPriced(item)) {
    throw new PriceUnknown(
      'price_unknown',
      `There is no price for a broker on ${instance}: add it to core/prices/table.json.`,
    );
  }
  return prices.of(item);
}

function isPriced(item: string): item is Priced {
  return Object.hasOwn(table.items, item);
}
