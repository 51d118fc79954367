import { z } from 'zod';
import { PRICED_REGIONS } from './prices/regions.ts';
import { PROCESS_TYPES } from './process.ts';
import { Spent } from './spent.ts';

/** Rounded to a millionth of a dollar: short videos cost fractions of a cent. */
const Dollars = z.number().min(0);

/** Of one process. */
export const ProcessCost = Spent.extend({
  /** What is billed of the metadata function; 0 for what workers did. */
  lambda_ms: z.number().min(0),
  dollars: Dollars,
});

/** What the work on one video took of what is paid for, and what that costs by list price. */
export const Cost = z.object({
  dollars: Dollars,
  currency: z.literal('USD'),
  /** Whose prices these are, of which day. */
  region: z.enum(PRICED_REGIONS),
  prices_as_of: z.iso.date(),
  processes: z.record(z.enum(PROCESS_TYPES), ProcessCost),
});
export type Cost = z.infer<typeof Cost>;

export type ProcessCost = z.infer<typeof ProcessCost>;
