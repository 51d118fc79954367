/**
 * Cleans up after a private broker: `reap-broker.ts <folder>` waits for its stdin to close, which happens however the
 * process that started it ends, then kills what the folder's pid files name and deletes the folder.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const home = process.argv[2];
if (!home) throw new Error('usage: reap-broker.ts <folder>');

process.stdin.resume();
process.stdin.on('end', async () => {
  for (const file of await readdir(home)) {
    if (file.endsWith('.pid')) await kill(Number(await readFile(join(home, file), 'utf8')));
  }
  await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

/** Only if it still is the process that was started: numbers are used again. It was given the folder as HOME. */
async function kill(pid: number): Promise<void> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  if (!environment.split('\0').includes(`HOME=${home}`)) return;
  process.kill(pid, 'SIGKILL');
}
