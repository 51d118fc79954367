import { onInterrupt } from '../local/interrupts.ts';
import { EXIT } from './command.ts';
import { dispatch } from './dispatch.ts';
import { removeUnfinished } from './fetch-file.ts';
import type { Reached } from './reach-server.ts';
import { SHOW_CURSOR } from './reports/live.ts';

const { stdout, stderr, env } = process;

const stopping = new AbortController();
const { signal } = stopping;
onInterrupt((count) => {
  if (count > 1) process.exit(EXIT.interrupted);
  stopping.abort();
});
// A reader that has gone away (`| head`) wants nothing more.
for (const stream of [stdout, stderr]) stream.on('error', () => stopping.abort());
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
// Connections that are kept alive for a next request would keep the process.
process.exit(code);

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
