const FIRST_MS = 500;
const LONGEST_MS = 15_000;
/** A program that ran this long did not die of what killed it before. */
const STEADY_MS = 30_000;

/** How often in a row a program has died, when it dies now after having run this long. */
export function deathsInARow(before: number, ranMs: number): number {
  return ranMs >= STEADY_MS ? 1 : before + 1;
}

/** How long to wait before it is started again: half a second, then twice as long every time, a quarter minute at most. */
export function restartDelay(deaths: number): number {
  return Math.min(FIRST_MS * 2 ** Math.min(Math.max(deaths, 1) - 1, 10), LONGEST_MS);
}
