import { AsyncLocalStorage } from 'node:async_hooks';
import type { Spent } from '../../core/spent.ts';

/** What is counted where it is asked for, in the adapter. */
export type Counted = Pick<Spent, 's3_writes' | 's3_reads' | 'table_writes' | 'table_reads' | 'messages'>;

/** Of the task in whose course the code runs, however deep, timers and servers that it started included. */
export const tally = new AsyncLocalStorage<Counted>();

/** Outside of a task it counts nothing. */
export function count(more: Partial<Counted>): void {
  const counted = tally.getStore();
  if (!counted) return;
  for (const [what, times = 0] of Object.entries(more) as [keyof Counted, number][]) counted[what] += times;
}
