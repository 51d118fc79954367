import { expect, it, vi } from 'vitest';
import { tell } from '../faults/report.ts';
import { chosen, type Tracks } from '../faults/schedule.ts';
import { runSession } from '../faults/session.ts';
import { SHORT, SHORT_FAULTS } from '../faults/sizes.ts';

/*
 * A short session of faults: workers, broker, table, storage, events and sockets fail while people send videos, and
 * every promise is kept. `npm run soak` goes on for longer, with every kind of fault there is.
 */

// Two minutes on a machine that is otherwise idle.
vi.setConfig({ testTimeout: 900_000 });

const SEED = 20;

it('keeps every promise while everything fails', async () => {
  const notes: string[] = [];
  const report = await runSession({
    ...SHORT,
    name: 'promises',
    seed: SEED,
    choose: (tracks) => once(chosen(tracks, ({ name }) => SHORT_FAULTS.includes(name))),
    note: (line) => notes.push(line),
    signal: new AbortController().signal,
  });
  console.log([...notes, '', tell(report, SEED)].join('\n'));
  expect(report.violations).toEqual([]);
  // A kill counts where it came.
  const fired = [...report.counts]
    .filter(([, count]) => count.fired > 0)
    .map(([name]) => name.replace(/ after ".*/, ''));
  expect([...new Set(fired)].sort()).toEqual(SHORT_FAULTS.toSorted());
});

/** Some are in the deck more often. */
function once(tracks: Tracks): Tracks {
  return Object.fromEntries(Object.entries(tracks).map(([track, faults]) => [track, [...new Set(faults)]]));
}
