import type { Timing } from '../client/node.ts';
import type { Manual } from './manual.ts';
import type { Reached } from './reach-server.ts';
import type { Output, Screen } from './reports/report.ts';

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** What a command sees of the process it runs in. */
export interface World {
  out: Screen & { isTTY?: boolean };
  err: Output;
  env: NodeJS.ProcessEnv;
  /** What file names are relative to. */
  cwd: string;
  /** Aborted when the person wants it to end. */
  signal: AbortSignal;
  /** Starts a Reelight of our own. */
  startPipeline(note: (line: string) => void, signal: AbortSignal): Promise<Reached>;
  timing?: Partial<Timing>;
}

export interface Command {
  manual: Manual;
  /** Answers the exit code. */
  run(argv: string[], world: World): Promise<number>;
}
