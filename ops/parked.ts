import { parseArgs } from 'node:util';
import { arrivals, functionLog, lazyBroker, now, parkedTasks, table } from '../adapters/from-environment.ts';
import { readTaskMessage } from '../core/messages.ts';
import type { ParkedTask } from '../core/ports/index.ts';
import { type Replayed, replay } from '../pipeline/replay.ts';

const USAGE = `Usage: npm run parked                     lists what was put aside because it kept failing
       npm run parked -- --replay [ID…]   gives it another chance: all of it, or that of these videos
       npm run parked -- --discard ID…    removes it; the ID "unreadable" stands for what is no task`;

const KEPT: Replayed = { remove: false, outcome: '' };
const DISCARDED: Replayed = { remove: true, outcome: 'removed' };

/*
 * For whoever runs Reelight. On one machine `npm run parked` calls it; against AWS, run it with the operator's
 * credentials and what the workers have in their environment: TABLE_NAME, BROKER_URL, BROKER_SECRET_ARN,
 * SOURCE_QUEUE_URL.
 */
const { values, positionals: wanted } = parseArgs({
  options: { replay: { type: 'boolean' }, discard: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
});
const listing = !values.replay && !values.discard;
if (values.help || (values.replay && values.discard) || (values.discard && wanted.length === 0)) console.log(USAGE);
else await review();

async function review(): Promise<void> {
  const log = functionLog();
  const broker = lazyBroker('parked', log);
  let connected = false;
  const publish: Parameters<typeof replay>[0]['tasks']['publish'] = async (message) => {
    connected = true;
    await (await broker()).publish(message);
  };
  const ports = { ...table(), arrivals: arrivals(), tasks: { publish }, now, log };
  let count = 0;
  try {
    await parkedTasks().review(async (task) => {
      const name = readTaskMessage(task.body)?.file_id ?? 'unreadable';
      if (wanted.length > 0 && !wanted.includes(name)) return 'keep';
      count += 1;
      const { remove, outcome } = listing ? KEPT : values.discard ? DISCARDED : await replay(ports, task);
      console.log(line(name, task, outcome));
      return remove ? 'remove' : 'keep';
    });
  } finally {
    if (connected) await (await broker()).close();
  }
  if (count === 0) console.log('Nothing is parked.');
  else if (listing) console.log('\nnpm run parked -- --replay gives them another chance.');
}

function line(name: string, { queue, reason }: ParkedTask, outcome: string): string {
  const cells = [name.padEnd(36), (queue ?? 'unknown').padEnd(8), reason.replace(/\p{Cc}/gu, ' '), outcome];
  return cells.filter(Boolean).join('  ');
}
