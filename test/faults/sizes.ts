import type { SessionOptions } from './session.ts';

type Size = Pick<SessionOptions, 'load' | 'limits' | 'lateMs'>;

/** Runs on for minutes or hours: every fault comes again and again. */
export const LONG: Size = {
  load: 5,
  limits: { waitMs: 60_000, pauseMs: { from: 500, to: 3_000 }, longPauseMs: { from: 15_000, to: 30_000 }, once: false },
  lateMs: 60_000,
};

/** A part of every test run: some faults, once. A busy machine may be long in coming to the moment of one. */
export const SHORT: Size = {
  load: 3,
  limits: { waitMs: 240_000, pauseMs: { from: 0, to: 2_000 }, longPauseMs: { from: 0, to: 4_000 }, once: true },
  lateMs: 5_000,
};

/** One or two of each track, among them what the pipeline's guards are for: fences, idempotence, order of acknowledging. */
export const SHORT_FAULTS: readonly string[] = [
  'SIGKILL a worker',
  'SIGKILL a worker before it acknowledges',
  'broker stopped between publish and confirm',
  'every message twice, at once',
  'DynamoDB throttles',
  'S3 answers 500',
  'disk full at enhanced.mp4',
  'S3 event doubled',
  'WebSocket dropped at the terminal event',
];
