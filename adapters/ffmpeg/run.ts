import { spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import { TransientError } from '../../core/errors.ts';
import { onPath } from './find-ffmpeg.ts';

/** How much of the end of what a program said is kept. */
const STDERR_TAIL = 16 * 1024;
/** What a program may see of our environment: where programs and libraries are, and no credentials or proxies. */
const PASSED_ON = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot'];

export interface Run {
  program: string;
  args: string[];
  /** The folder it works in. */
  cwd?: string;
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
 * Runs a program to its end, and never leaves it behind: it is killed when the signal aborts and, on Linux, by the
 * kernel when this process dies in whatever way. Resolves or rejects only after it is gone, and resolves only after all
 * that it printed was taken.
 *
 * @throws TransientError `not_started` when it cannot be started; the signal's reason when that aborts
 */
export function run({ program, args, cwd, signal, onStdout = () => {}, onStderr, onStderrEnd }: Run): Promise<Ended> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const [command, commandArgs] = dyingWithUs(program, args);
    const child = spawn(command, commandArgs, {
      cwd,
      env: confinedEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const kill = () => child.kill('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    const taken = takeInTurn(child.stdout, onStdout);
    const stderr = tailOf(child.stderr);
    child.stderr.on('data', (chunk: Buffer) => onStderr?.(chunk));
    child.stderr.once('end', () => onStderrEnd?.());
    child.once('error', (cause) => {
      signal.removeEventListener('abort', kill);
      reject(new TransientError('not_started', `${program} could not be started.`, { cause }));
    });
    child.once('close', async (code, killedBy) => {
      signal.removeEventListener('abort', kill);
      if (!signal.aborted) await taken();
      if (signal.aborted) reject(signal.reason);
      else resolve({ code, signal: killedBy, stderr: stderr() });
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

/**
 * `setpriv --pdeathsig` (util-linux) has the kernel kill the program when the thread that started it ends. BusyBox's
 * setpriv cannot, hence the try; where there is none, an aborted signal is all that ends the program.
 */
function dyingWithUs(program: string, args: string[]): [string, string[]] {
  setpriv ??= findSetpriv();
  return setpriv.path ? [setpriv.path, ['--pdeathsig', 'KILL', '--', program, ...args]] : [program, args];
}

let setpriv: { path: string | undefined } | undefined;

function findSetpriv(): { path: string | undefined } {
  const path = process.platform === 'linux' ? onPath('setpriv') : undefined;
  if (!path) return { path: undefined };
  const { status } = spawnSync(path, ['--pdeathsig', 'KILL', '--', path, '--version'], { stdio: 'ignore' });
  return { path: status === 0 ? path : undefined };
}

function confinedEnvironment(): NodeJS.ProcessEnv {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), LANG: 'C.UTF-8', AV_LOG_FORCE_NOCOLOR: '1' };
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
