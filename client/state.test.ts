import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StatusUpdate } from '../core/notices.ts';
import { PROCESS_TYPES as CORE_PROCESS_TYPES, PROCESS_STATUSES } from '../core/process.ts';
import { isSettled, type Known, nothingKnown, PROCESS_TYPES, withNotice } from './state.ts';

const FILE = 'f1de0000-0000-4000-8000-000000000000';

test('the processes are those of the core', () => {
  expect(PROCESS_TYPES).toEqual([...CORE_PROCESS_TYPES]);
});

/** A video's history: what happened to one process after another, each change with the next `seq`. */
const history = fc
  .array(
    fc.record({
      process_type: fc.constantFrom(...PROCESS_TYPES),
      status: fc.constantFrom(...PROCESS_STATUSES),
      progress: fc.integer({ min: 0, max: 100 }),
      error: fc.option(fc.string()),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((changes) =>
    changes.map(
      (change, index): StatusUpdate => ({
        type: 'status_update',
        timestamp: '2024-01-01T00:00:00.000Z',
        file_id: FILE,
        seq: index + 1,
        ...change,
      }),
    ),
  );

const told = (notices: StatusUpdate[]): Known => notices.reduce(withNotice, nothingKnown(FILE));

test('however messages overtake each other and repeat, the end is the same', () => {
  const shuffled = history.chain((notices) =>
    fc.tuple(
      fc.constant(notices),
      fc.shuffledSubarray([...notices, ...notices], { minLength: notices.length * 2, maxLength: notices.length * 2 }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([inOrder, asTheyCame]) => {
      const { processes } = told(asTheyCame).state;
      expect(processes).toEqual(told(inOrder).state.processes);
      for (const type of PROCESS_TYPES) {
        const last = inOrder.findLast(({ process_type }) => process_type === type);
        if (last) expect(processes[type]).toEqual({ status: last.status, progress: last.progress, error: last.error });
      }
    }),
  );
});

test('a message that is not newer changes nothing, not even the object', () => {
  fc.assert(
    fc.property(history, fc.nat(), (notices, index) => {
      const known = told(notices);
      const old = notices[index % notices.length];
      if (old) expect(withNotice(known, old)).toBe(known);
    }),
  );
});

test('nothing more happens only once both processes have ended', () => {
  const end = (process_type: StatusUpdate['process_type'], status: StatusUpdate['status'], seq: number) =>
    ({
      type: 'status_update',
      timestamp: '',
      file_id: FILE,
      seq,
      process_type,
      status,
      progress: 0,
      error: null,
    }) as const;
  const one = withNotice(nothingKnown(FILE), end('video_enhancement', 'failed', 2));
  expect(isSettled(one.state)).toBe(false);
  expect(isSettled(withNotice(one, end('metadata_extraction', 'processing', 3)).state)).toBe(false);
  expect(isSettled(withNotice(one, end('metadata_extraction', 'cancelled', 3)).state)).toBe(true);
});
