import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalError } from './errors.ts';
import { readable } from './home.ts';
import { deathsInARow, restartDelay } from './supervisor/backoff.ts';
import { type Exit, launch, type Running } from './supervisor/child.ts';
import { lastWords } from './supervisor/last-words.ts';
import { type LogFile, logFile } from './supervisor/log-file.ts';
import type { Part } from './supervisor/part.ts';
import { forgetRunning, noteRunning } from './supervisor/records.ts';
import { startWatch } from './supervisor/watch.ts';

const START_MS = 60_000;
/** As many ends in a row before it worked, some ten seconds altogether, are no bad luck. */
const LIVES_IN_VAIN = 5;

export interface Supervisor {
  /**
   * Starts parts side by side and waits until all of them serve. From then on each is started again whenever it dies.
   *
   * @throws LocalError `part_failed` with the reason and the log's path; the parts that do run keep running
   */
  start(parts: Part[]): Promise<void>;
  /** Stops a part and starts it again, with the environment that `renew` gives it. */
  restart(name: string, renew?: (part: Part) => Part): Promise<void>;
  /** The process of each running part; the whole of it is the process group of that number. */
  pids(): Record<string, number>;
  /** How often each part has died so far. */
  deaths(): Record<string, number>;
  /** What a part that keeps ending said last, and where to read more. */
  whyItEnds(name: string): string;
  /** Stops everything it started, what was started last first. */
  stop(): Promise<void>;
  /** Kills everything it started, at once. */
  kill(): void;
}

export interface SupervisorOptions {
  /** Folder of the logs. */
  logs: string;
  /** Folder in which it is noted who runs. */
  run: string;
  /** One line for people: what died and why, what is started again. */
  report: (line: string) => void;
  /** Also shown what the parts print, with the part's name. */
  echo?: (part: string, chunk: Buffer | string) => void;
  /** A part that had died serves again. */
  onRestart?: (name: string) => void;
  /** A part ended by itself `livesInVain` times in a row before it worked: it is not started again. */
  onHopeless?: (error: LocalError) => void;
  livesInVain?: number;
}

interface Kept {
  part: Part;
  log: LogFile;
  running: Running | undefined;
  deaths: number;
  /** Whether it has said so, in this life. */
  worked: boolean;
  /** Ends the loop that keeps the part running. */
  stop: AbortController;
  done: Promise<void>;
}

/** Keeps programs running and ends them with itself, however it ends. */
export function supervise(options: SupervisorOptions): Supervisor {
  const { report } = options;
  const watch = startWatch();
  const batches: Kept[][] = [];
  const all = () => batches.flat();
  let over = false;
  const killAll = () => {
    for (const { running } of all()) running?.kill();
  };
  process.once('exit', killAll);

  return {
    async start(parts) {
      if (over) throw new LocalError('part_failed', 'Everything is being stopped.');
      const batch = parts.map((part) => begin(part));
      batches.push(batch.map(({ kept }) => kept));
      await Promise.all(batch.map(({ serving }) => serving));
    },
    async restart(name, renew = (part) => part) {
      for (const batch of batches) {
        const at = batch.findIndex(({ part }) => part.name === name);
        const old = batch[at];
        if (!old) continue;
        await end(old);
        if (over) return;
        const { kept, serving } = begin(renew(old.part), { again: true });
        batch[at] = kept;
        await serving;
      }
    },
    pids: () => Object.fromEntries(all().flatMap(({ part, running }) => (running ? [[part.name, running.pid]] : []))),
    deaths: () => Object.fromEntries(all().map(({ part, deaths }) => [part.name, deaths])),
    whyItEnds(name) {
      const kept = all().find(({ part }) => part.name === name);
      return kept ? hopeless(kept) : `${name} does not run.`;
    },
    async stop() {
      over = true;
      for (const batch of batches.toReversed()) await Promise.all(batch.map(end));
      watch.close();
      process.off('exit', killAll);
    },
    kill: killAll,
  };

  function begin(part: Part, { again = false } = {}): { kept: Kept; serving: Promise<void> } {
    const log = logFile(join(options.logs, `${part.name}.log`));
    const kept: Kept = {
      part,
      log,
      running: undefined,
      deaths: 0,
      worked: false,
      stop: new AbortController(),
      done: Promise.resolve(),
    };
    const serving = Promise.withResolvers<void>();
    kept.done = keep(kept, serving, again).catch(serving.reject);
    return { kept, serving: serving.promise };
  }

  /** Runs a part again and again. Its very first start must succeed, the later ones are tried until they do. */
  async function keep(kept: Kept, serving: PromiseWithResolvers<void>, again: boolean): Promise<void> {
    const { part, stop } = kept;
    const { livesInVain = LIVES_IN_VAIN, onHopeless } = options;
    for (let inARow = 0, inVain = 0, served = false; !stop.signal.aborted; ) {
      const began = Date.now();
      const end = await runOnce(kept, () => {
        serving.resolve();
        if (!part.works) back(kept);
        if (kept.deaths > 0) options.onRestart?.(part.name);
        served = true;
      });
      if (stop.signal.aborted) break;
      kept.deaths += 1;
      if (!served && !again) throw new LocalError('part_failed', failure(kept, end.how));
      // What was killed says nothing of what it would have come to.
      if (kept.worked) inVain = 0;
      else if (part.works && end.byItself) inVain += 1;
      if (inVain >= livesInVain) return onHopeless?.(new LocalError('part_failed', hopeless(kept)));
      inARow = deathsInARow(inARow, Date.now() - began);
      const delay = restartDelay(inARow);
      report(`${part.name} ended (${end.how}); it is started again in ${delay / 1000} s`);
      await sleep(delay, undefined, { signal: stop.signal }).catch(() => {});
    }
    serving.reject(new LocalError('part_failed', `${part.name} was stopped before it was ready.`));
  }

  /** One life of a part. Answers why it ended. */
  async function runOnce(kept: Kept, onReady: () => void): Promise<Exit> {
    const { part, stop, log } = kept;
    const over = new AbortController();
    kept.worked = false;
    try {
      await part.prepare?.();
      const running = await launch(part, (chunk) => {
        log.write(chunk);
        options.echo?.(part.name, chunk);
        if (kept.worked || !part.works?.test(chunk.toString())) return;
        kept.worked = true;
        back(kept);
      });
      kept.running = running;
      if (stop.signal.aborted) running.kill();
      watch.add(running.pid);
      noteRunning(options.run, part.name, running.pid);
      const late = await Promise.race([readiness(part, AbortSignal.any([stop.signal, over.signal])), running.exited]);
      if (late === undefined) onReady();
      // One that never became ready has nothing to save.
      else running.kill();
      const end = await running.exited;
      return typeof late === 'string' ? { ...end, how: late } : end;
    } catch (error) {
      // It could not even be launched: a tool or a folder is gone. That may be put right while we run.
      return { how: error instanceof Error ? error.message : String(error), byItself: true };
    } finally {
      over.abort();
      if (kept.running) watch.remove(kept.running.pid);
      if (kept.running) forgetRunning(options.run, part.name);
      kept.running = undefined;
    }
  }

  function back({ part, deaths }: Kept): void {
    if (deaths > 0) report(`${part.name} runs again`);
  }

  async function end(kept: Kept): Promise<void> {
    kept.stop.abort();
    await kept.running?.stop();
    await kept.done.catch(() => {});
    kept.log.close();
  }

  function failure({ part, log }: Kept, end: string): string {
    return `${part.name} did not start (${end})${wordsOf(log)}. Its log is ${pathOf(part)}.`;
  }

  function hopeless({ part, log }: Kept): string {
    return `${part.name} ends as soon as it is started${wordsOf(log)}. Its log is ${pathOf(part)}.`;
  }

  function wordsOf(log: LogFile): string {
    const said = lastWords(log.tail());
    return said ? `: ${said.trim().replace(/\.$/, '')}` : '';
  }

  function pathOf({ name }: Part): string {
    return readable(join(options.logs, `${name}.log`));
  }
}

/** Nothing once the part serves, or why it does not. */
async function readiness(part: Part, over: AbortSignal): Promise<string | undefined> {
  const startMs = part.startMs ?? START_MS;
  const late = AbortSignal.timeout(startMs);
  try {
    await part.ready?.(AbortSignal.any([late, over]));
    return undefined;
  } catch (error) {
    if (error instanceof LocalError) return error.message;
    return late.aborted ? `not ready within ${startMs / 1000} s` : String(error);
  }
}
