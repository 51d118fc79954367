/**
 * Cleans up after a private broker: `reap-broker.ts <folder>` waits for its stdin to close, which happens however the
 * process that started it ends, then ends what that left running and deletes the folder.
 */
import { readdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { homeFrom } from '../../local/home.ts';
import { endLeftovers } from '../../local/supervisor/records.ts';

const ATTEMPTS = 100;

const root = process.argv[2];
if (!root) throw new Error('usage: reap-broker.ts <folder>');
const { run } = homeFrom({ REELIGHT_HOME: root });

for await (const _ of process.stdin);
// What is dying closes its files before it is gone; only what is gone has left something behind.
for (let attempt = 0; attempt < ATTEMPTS && (await leftovers()) > 0; attempt++) {
  await endLeftovers(run);
  await sleep(50);
}
await rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

async function leftovers(): Promise<number> {
  const records = await readdir(run).catch(() => []);
  return records.length;
}
