import type { Spent } from '../spent.ts';

/** Counts what the task in hand takes of what is paid for. */
export interface Meter {
  /** What it has taken so far, since its delivery came: one run. */
  taken(): Spent;
}
