import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { BadInput, type ReelightError, TransientError } from '../../core/errors.ts';
import { type Bounds, boundsOf, type Effort } from './bounds.ts';
import { confined, confinedEnvironment } from './confine.ts';

/** How much of the end of what a program said is kept. */
const STDERR_TAIL = 16 * 1024;
/** FFmpeg's exit code when a signal asked it to end. */
const ASKED_TO_END = 255;

export interface Run {
  program: string;
  args: string[];
  /** The folder it works in. */
  cwd?: string;
  /** What it may take; `look` unless said. */
  effort?: Effort;
  /** In place of those of the effort. */
  bounds?: Bounds;
  /** Kills it when aborted. */
  signal: AbortSignal;
  /** Answers a promise where the program has to wait before it may print more: the next chunk comes after it. */
  onStdout?: (chunk: Buffer) => unknown;
  onStderr?: (chunk: Buffer) => void;
  /** There will be no more of it. */
  onStderrEnd?: () => void;
}

/** How it ended: with a code, or by a signal that was not ours. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The end of what it said. For logs: it names addresses and files. */
  stderr: string;
}

/**
 * Runs a program to its end, within bounds, and never leaves it behind: it is killed when the signal aborts or its time
 * is up and, on Linux, by the kernel when this process dies in whatever way. Resolves or rejects only after it is gone,
 * and resolves only after all that it printed was taken.
 *
 * @throws TransientError `not_started` when it cannot be started, `took_too_long` when a look does; BadInput `too_costly`
 *   when it went beyond its bounds; the signal's reason when that aborts
 */
export function run(what: Run): Promise<Ended> {
  const { program, args, cwd, effort = 'look', bounds = boundsOf(effort), signal, onStdout = () => {} } = what;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const started = performance.now();
    const child = spawn(...confined(program, args, bounds), {
      cwd,
      env: confinedEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const kill = () => child.kill('SIGKILL');
    let late = false;
    const clock = setTimeout(() => {
      late = true;
      kill();
    }, bounds.wallSeconds * 1000);
    signal.addEventListener('abort', kill, { once: true });
    const over = () => {
      clearTimeout(clock);
      signal.removeEventListener('abort', kill);
    };
    const taken = takeInTurn(child.stdout, onStdout);
    const stderr = tailOf(child.stderr);
    child.stderr.on('data', (chunk: Buffer) => what.onStderr?.(chunk));
    child.stderr.once('end', () => what.onStderrEnd?.());
    child.once('error', (cause) => {
      over();
      reject(new TransientError('not_started', `${program} could not be started.`, { cause }));
    });
    child.once('close', async (code, killedBy) => {
      over();
      const ended = { code, signal: killedBy };
      const beyond = late ? tookTooLong(effort, program) : excess(ended, bounds, (performance.now() - started) / 1000);
      if (!signal.aborted && !beyond) await taken();
      if (signal.aborted) reject(signal.reason);
      else if (beyond) reject(beyond);
      else resolve({ ...ended, stderr: stderr() });
    });
  });
}

/** Runs a program and collects what it prints, which may be up to `limit` bytes: above that it is killed. */
export async function runForOutput(what: Run & { limit: number }): Promise<Ended & { stdout: Buffer }> {
  const tooMuch = new AbortController();
  const chunks: Buffer[] = [];
  let length = 0;
  const ended = await run({
    ...what,
    signal: AbortSignal.any([what.signal, tooMuch.signal]),
    onStdout: (chunk) => {
      length += chunk.length;
      if (length > what.limit) tooMuch.abort(new OutputTooLarge(`more than ${what.limit} bytes`));
      else chunks.push(chunk);
    },
  });
  return { ...ended, stdout: Buffer.concat(chunks) };
}

/** A program printed more than it may: for the caller of `runForOutput` to put into words. */
export class OutputTooLarge extends Error {}

/** Undefined unless what the program was allowed is why it ended. */
function excess({ code, signal }: Pick<Ended, 'code' | 'signal'>, bounds: Bounds, seconds: number) {
  if (signal === 'SIGXFSZ') {
    return new BadInput('too_costly', 'What is made of this video would be larger than one file may be.');
  }
  // FFmpeg takes SIGXCPU as a wish to end, and says no more than that it was asked to: not before it has had its time.
  const spent = code === ASKED_TO_END && seconds * availableParallelism() >= bounds.cpuSeconds;
  return signal === 'SIGXCPU' || spent ? tooCostly() : undefined;
}

/** A look that takes long waits for others: the machine is busy, or storage slow. */
function tookTooLong(effort: Effort, program: string): ReelightError {
  return effort === 'work' ? tooCostly() : new TransientError('took_too_long', `${basename(program)} took too long.`);
}

function tooCostly(): BadInput {
  return new BadInput('too_costly', 'Working on this video takes longer than one video may take.');
}

/**
 * One chunk after the other. Pausing the stream is not enough: once a program has ended, Node resumes what was paused.
 *
 * @returns waits for what was not yet taken
 */
function takeInTurn(stream: Readable, take: (chunk: Buffer) => unknown): () => Promise<unknown> {
  let last: Promise<unknown> | undefined;
  stream.on('data', (chunk: Buffer) => {
    const ready = last ? last.then(() => take(chunk)) : take(chunk);
    if (!(ready instanceof Promise)) return;
    stream.pause();
    const done: Promise<unknown> = ready
      .catch(() => {})
      .then(() => {
        if (last !== done) return;
        last = undefined;
        stream.resume();
      });
    last = done;
  });
  return async () => last;
}

function tailOf(stream: Readable): () => string {
  let tail = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-STDERR_TAIL);
  });
  return () => tail.toString();
}
