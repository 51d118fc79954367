import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { reachServer, serverFrom } from '../../cli/reach-server.ts';
import { onInterrupt } from '../../local/interrupts.ts';
import { startPipeline } from '../../local/start.ts';
import { recordExamples } from './record-examples.ts';

/*
 * `npm run docs:examples`: what the API's documents show of answers, anew from a real run on the Reelight that runs here
 * (or on one that is started for it), then `npm run docs`.
 */

const path = join(resolve(import.meta.dirname, '..', '..'), 'lambdas', 'api', 'examples.json');
const note = (line: string) => console.error(line);
const stopping = new AbortController();
onInterrupt(() => stopping.abort());
const { signal } = stopping;
const server = await reachServer({
  ...serverFrom({}, process.env),
  start: async () => {
    const { addresses, stop } = await startPipeline({ note, signal });
    return { base: addresses.base, started: true, stop };
  },
  note,
  signal,
});
try {
  await writeFile(path, JSON.stringify(await recordExamples(server.base)));
  await promisify(execFile)('biome', ['format', '--write', path]);
  console.log('lambdas/api/examples.json');
} finally {
  await server.stop();
}
// It reads what was written just now.
await import('./main.ts');
process.exit();
