import { createInterface } from 'node:readline';
import { identityOf, type ProcessIdentity } from '../setup/lock.mjs';
import { endGroup } from './group.ts';

/** Long enough for the emulator to save its state and for the broker to stop in good order. */
const PATIENCE_MS = 15_000;

/*
 * Outlives the supervisor by the time it takes to end what the supervisor started. It learns the groups by lines on its
 * stdin, "+ 123" and "- 123", and that the supervisor is gone by the end of them, whatever ended it: nobody can be
 * killed so hard that his pipes stay open. In a session of its own, so that a terminal's Ctrl-C does not reach it.
 */
const groups = new Map<number, ProcessIdentity>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [change, number] = line.split(' ');
  const leader = Number(number);
  if (change === '+') groups.set(leader, identityOf(leader));
  else groups.delete(leader);
}
await Promise.all([...groups.values()].map((leader) => endGroup(leader, PATIENCE_MS)));
