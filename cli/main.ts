import { setImmediate } from 'node:timers/promises';
import { onInterrupt } from '../local/interrupts.ts';
import { EXIT } from './command.ts';
import { dispatch } from './dispatch.ts';
import { removeUnfinished } from './fetch-file.ts';
import type { Reached } from './reach-server.ts';
import { SHOW_CURSOR } from './reports/live.ts';
import { whyNot } from './targets.ts';

const { stdout, stderr, env } = process;

const stopping = new AbortController();
const { signal } = stopping;
onInterrupt((count) => {
  if (count > 1) process.exit(EXIT.interrupted);
  stopping.abort();
});
let unsaid: NodeJS.ErrnoException | undefined;
// A reader that has gone away (`| head`) wants nothing more; a file that cannot hold more was to have it all.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') unsaid ??= error;
  stopping.abort();
});
stderr.on('error', () => stopping.abort());
process.on('exit', () => {
  removeUnfinished();
  if (stdout.isTTY) stdout.write(SHOW_CURSOR);
});

const code = await dispatch(process.argv.slice(2), {
  out: stdout,
  err: stderr,
  env,
  cwd: callerFolder(),
  signal,
  startPipeline,
});
// Whether the last of it could be written shows a turn later.
await setImmediate();
if (unsaid) stderr.write(`reelight: the output cannot be written: ${whyNot(unsaid)}.\n`);
// Connections that are kept alive for a next request would keep the process.
process.exit(unsaid ? EXIT.failed : code);

/** npm runs scripts in the repository; people name files from where they are. */
function callerFolder(): string {
  const ours = env.npm_lifecycle_event === 'enhance' || env.npm_lifecycle_event === 'reelight';
  return (ours && env.INIT_CWD) || process.cwd();
}

async function startPipeline(note: (line: string) => void, until: AbortSignal): Promise<Reached> {
  // Loaded when it is needed: it brings the whole pipeline along.
  const local = await import('../local/start.ts');
  const { addresses, hopeless, stop } = await local.startPipeline({ env, note, signal: until });
  note(`Reelight runs at ${addresses.base}.`);
  return {
    base: addresses.base,
    started: true,
    hopeless,
    stop: async () => {
      note('Stopping Reelight …');
      await stop();
    },
  };
}
