import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';

/** A line that a worker logged. */
export interface WorkerLine {
  /** The part: `worker-1`. */
  worker: string;
  /** Where it is in its work on a video: the step that has just ended, or another milestone; null in other lines. */
  stage: string | null;
  /** What it says, with the fields it says it with. */
  fields: Record<string, unknown>;
}

export interface WorkerLogs {
  /** Hears of every line from now on, in milliseconds. @returns stops that */
  hear(listener: (line: WorkerLine) => void): () => void;
  /** The next line that satisfies; undefined when the signal comes first. */
  next(ok: (line: WorkerLine) => boolean, signal: AbortSignal): Promise<WorkerLine | undefined>;
  /** Every stage that was seen so far, in the order of their first appearance. */
  stages(): string[];
  close(): void;
}

/** Follows the logs of all workers in the folder. */
export function followWorkers(folder: string): WorkerLogs {
  const listeners = new Set<(line: WorkerLine) => void>();
  const stages = new Set<string>();
  const files = new Map<string, ReturnType<typeof follow>>();
  const look = (name: string) => {
    if (!/^worker-\d+\.log$/.test(name)) return;
    const worker = name.replace(/\.log$/, '');
    const file = files.get(name) ?? follow(join(folder, name), (text) => tell(worker, text));
    files.set(name, file);
    file.read();
  };
  const tell = (worker: string, text: string) => {
    const line = lineOf(worker, text);
    if (!line) return;
    if (line.stage !== null) stages.add(line.stage);
    for (const listener of listeners) listener(line);
  };
  for (const name of readdirSync(folder)) look(name);
  const watching = watch(folder, (_, name) => name && look(name));
  const hear = (listener: (line: WorkerLine) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    hear,
    next(ok, signal) {
      return new Promise((resolve) => {
        const done = (line?: WorkerLine) => {
          stop();
          signal.removeEventListener('abort', over);
          resolve(line);
        };
        const over = () => done();
        const stop = hear((line) => ok(line) && done(line));
        if (signal.aborted) return done();
        signal.addEventListener('abort', over, { once: true });
      });
    },
    stages: () => [...stages],
    close() {
      watching.close();
      for (const file of files.values()) file.close();
    },
  };
}

/** What workers say beside the steps that they have ended. */
const MILESTONES = new Set(['claimed', 'given out', 'handed over', 'completed']);

/** Undefined for what is no line of ours. */
function lineOf(worker: string, text: string): WorkerLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const fields: Record<string, unknown> = JSON.parse(text);
    const said = fields.message === 'span' && fields.step === true ? fields.span_name : fields.message;
    const isStage = typeof fields.file_id === 'string' && (fields.step === true || MILESTONES.has(String(said)));
    return { worker, stage: isStage ? String(said) : null, fields };
  } catch {
    return undefined;
  }
}

/** Reads what is appended to a file, from its end on, line by line; begins anew when it is replaced. */
function follow(path: string, each: (line: string) => void) {
  let file = openSync(path, 'r');
  let at = fstatSync(file).size;
  let rest = '';
  const chunk = Buffer.alloc(64 * 1024);
  const drain = () => {
    for (let count = readSync(file, chunk, 0, chunk.length, at); count > 0; ) {
      at += count;
      const lines = (rest + chunk.toString('utf8', 0, count)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) each(line);
      count = readSync(file, chunk, 0, chunk.length, at);
    }
  };
  return {
    read() {
      drain();
      if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(file).ino) return;
      closeSync(file);
      file = openSync(path, 'r');
      at = 0;
      drain();
    },
    close: () => closeSync(file),
  };
}
