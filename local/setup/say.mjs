// @ts-check
import { spawn } from 'node:child_process';

/** What stops the setup. The message is one line that says what to do. */
export class SetupError extends Error {}

/** Speaks to the person, on stderr: stdout belongs to the command that is being set up. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Between two signs of life where the last line cannot be rewritten. */
const STILL_MS = 15_000;
/** Shown when it fails: what is wrong stands at the beginning or at the end. */
const KEPT_LINES = 8;

/**
 * Runs one program of the setup and shows how it goes: a line that is rewritten on a terminal, else plain lines.
 *
 * @param {string} what for people: "npm packages"
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, advice?: string }} [options] `advice`: what to do when it fails
 */
export async function run(what, command, args, { cwd, env, advice } = {}) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  /** @type {string[]} */
  const first = [];
  /** @type {string[]} */
  const last = [];
  const live = process.stderr.isTTY;
  if (!live) say(`  ${what} …`);
  const show = () => {
    if (!live) return say(`  ${what} … ${seconds()}`);
    const room = (process.stderr.columns || 80) - 1;
    process.stderr.write(`\r\x1b[K${`  ${what} … ${seconds()}  ${last.at(-1) ?? first.at(-1) ?? ''}`.slice(0, room)}`);
  };
  const ticking = setInterval(show, live ? 250 : STILL_MS);

  const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = endWith(child);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
      first.push(...lines.splice(0, KEPT_LINES - first.length));
      last.push(...lines);
      last.splice(0, last.length - KEPT_LINES);
    });
  }
  /** @type {string | undefined} */
  const failure = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `it ended with ${signal ?? `code ${code}`}`));
  });
  clearInterval(ticking);
  stop();
  if (live) process.stderr.write('\r\x1b[K');
  if (failure === undefined) return say(`  ${what}: done in ${seconds()}`);
  for (const line of [...first, ...last]) say(`    ${line}`);
  throw new SetupError(`${what}: ${failure}. ${advice ?? 'See the lines above.'}`);
}

/**
 * Takes the program along when the setup is told to stop.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function endWith(child) {
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    child.kill(signal);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  return () => process.off('SIGINT', end).off('SIGTERM', end);
}
