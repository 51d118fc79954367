import { z } from 'zod';

/**
 * What work has taken of what is paid for. A worker is paid for as long as it is there, whatever it does; so what counts
 * are the seconds it was held, times its size.
 */
export const Spent = z.object({
  /** How often a worker or function took the work up, for whatever end. */
  runs: z.int().min(0),
  /** That it was held; where one works on several videos at once, this one's share. */
  seconds: z.number().min(0),
  /** Of the worker: seconds times its cores. 0 for functions, which are paid by memory. */
  vcpu_seconds: z.number().min(0),
  /** Seconds times memory. */
  gib_seconds: z.number().min(0),
  /** Requests to S3, as it bills them: PUT, COPY, POST and LIST; GET and others. Those that were repeated, too. */
  s3_writes: z.int().min(0),
  s3_reads: z.int().min(0),
  /** Request units of the table, as DynamoDB says. */
  table_writes: z.number().min(0),
  table_reads: z.number().min(0),
  /** Given to the broker. */
  messages: z.int().min(0),
});
export type Spent = z.infer<typeof Spent>;

export const NOTHING_SPENT: Spent = {
  runs: 0,
  seconds: 0,
  vcpu_seconds: 0,
  gib_seconds: 0,
  s3_writes: 0,
  s3_reads: 0,
  table_writes: 0,
  table_reads: 0,
  messages: 0,
};

export function sumSpent(...parts: readonly Spent[]): Spent {
  return byField((field) => parts.reduce((sum, part) => sum + part[field], 0));
}

/** What was spent since, where `now` is what `before` has grown to. */
export function spentSince(before: Spent, now: Spent): Spent {
  return byField((field) => now[field] - before[field]);
}

/** To a thousandth: sums of many fractions would grow long tails. */
function byField(value: (field: keyof Spent) => number): Spent {
  const fields = Object.keys(NOTHING_SPENT) as (keyof Spent)[];
  return Object.fromEntries(fields.map((field) => [field, Math.round(value(field) * 1000) / 1000])) as Spent;
}
