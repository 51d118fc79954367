import type { SessionOptions } from './session.ts';

type Size = Pick<SessionOptions, 'load' | 'limits' | 'lateMs'>;

/** Runs on for minutes or hours: every fault comes again and again. */
export const LONG: Size = {
  load: 4,
  limits: { waitMs: 60_000, pauseMs: { from: 1_000, to: 8_000 }, once: false },
  lateMs: 60_000,
};

/** A part of every test run: some faults of each kind, once. */
export const SHORT: Size = {
  load: 3,
  limits: { waitMs: 40_000, pauseMs: { from: 0, to: 2_000 }, once: true },
  lateMs: 5_000,
};
