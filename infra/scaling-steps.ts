/*
 * How many workers are added and taken away, and when: what `scaling.ts` tells AWS, and what the simulation of it goes by.
 */

/** A worker that was asked for reports after a minute or so; until then it is not asked for again. */
export const STARTING_SECONDS = 120;

/** By so many tasks that nobody has in hand, for each worker there is: so many workers more. */
export const MORE = [
  { from: 0, to: 1, workers: 1 },
  { from: 1, to: 3, workers: 2 },
  { from: 3, to: 10, workers: 5 },
  { from: 10, workers: 10 },
] as const;

/** Idle for so long, a worker is not likely to be needed soon. */
export const IDLE_MINUTES = 5;

/** By so many workers that have been idle all that time: so many fewer. One at a time, the last of many would go after hours. */
export const FEWER = [
  { from: 1, to: 2, workers: 1 },
  { from: 2, to: 4, workers: 2 },
  { from: 4, to: 8, workers: 4 },
  { from: 8, to: 16, workers: 8 },
  { from: 16, workers: 16 },
] as const;
