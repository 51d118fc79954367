/** One long-running program of the pipeline: how it is started, when it serves, how long it may take to stop. */
export interface Part {
  /** Also the name of its log. */
  name: string;
  command: string;
  args: string[];
  /** All of it: nothing is inherited. */
  env: Record<string, string>;
  cwd?: string;
  /** Before every start: folders and files it needs. */
  prepare?: () => void | Promise<void>;
  /** Resolves once it serves; throws when it never will. Without it, running is all there is to see. */
  ready?: (signal: AbortSignal) => Promise<void>;
  /** In what it prints, once it works: of one that nobody can ask. If it ends again and again before that, it never will. */
  works?: RegExp;
  /** How long a start may take. */
  startMs?: number;
  /** How long it may take to stop, before it is killed. */
  stopMs: number;
}

/** Asks again and again until the answer is yes. Errors count as no. */
export async function until(check: (signal: AbortSignal) => Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const patience = AbortSignal.any([signal, AbortSignal.timeout(2_000)]);
    if (await check(patience).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
