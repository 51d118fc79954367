import { drawnEvery } from '../../core/pieces.ts';
import { newAgenda } from './agenda.ts';
import { random } from './random.ts';

/*
 * Everybody who works on a video writes its one record: the end of each piece in a transaction, and its progress, every
 * few seconds, by whoever finds that it was not drawn for so long. Each write stands on the record being what was read before,
 * as in `adapters/dynamodb/video-store.ts`; who was too late pauses and tries again, as in its `contention.ts`.
 */

const MAX_TRIES = 20;
const FIRST_PAUSE = 0.01;
const LONGEST_PAUSE = 0.25;
const HEARTBEAT = 1;

/** Seconds inside one region, typical of DynamoDB: single digits of milliseconds, and twice that for a transaction. */
const READ = 0.004;
const WRITE = 0.006;
const TRANSACTION = 0.012;
/** A megabyte of rows is one page of a query; it comes at about 50 MB/s. */
const PAGE = 0.025;
const PAGE_BYTES = 1024 * 1024;

export interface Contention {
  /** Seconds that counting a finished piece takes: the mean, and what 99 in 100 stay below. */
  mean: number;
  p99: number;
  /** Of the pieces that were finished, how many could not be counted in twenty tries: they are done again. */
  lost: number;
  /** A second: writes of the record, tries of them that failed, and reads of all pieces. */
  writes: number;
  conflicts: number;
  drawings: number;
}

/**
 * So many workers on one video for a minute, each of whom takes `seconds` for a piece.
 *
 * @param pieces rows that drawing the progress reads, of so many bytes each
 */
export function contention(workers: number, seconds: number, pieces: number, pieceBytes: number, seed = 1): Contention {
  const agenda = newAgenda();
  const chance = random(seed);
  const length = 60;
  const every = drawnEvery(pieces);
  const query = READ + PAGE * ((pieces * pieceBytes) / PAGE_BYTES);
  let [version, drawn] = [0, 0];
  let [writes, conflicts, drawings, lost] = [0, 0, 0, 0];
  const waits: number[] = [];

  /** Reads the record, and writes it if nobody else did in between. */
  const change = (write: number, settled: (written: boolean) => void, tries = 0) => {
    if (tries === MAX_TRIES) return settled(false);
    agenda.after(READ, () => {
      const seen = version;
      agenda.after(write, () => {
        if (seen === version) {
          version += 1;
          writes += 1;
          return settled(true);
        }
        conflicts += 1;
        const pause = chance.next() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries);
        agenda.after(pause, () => change(write, settled, tries + 1));
      });
    });
  };
  const draw = (then: () => void) => {
    if (agenda.now() - drawn < every) return then();
    drawings += 1;
    agenda.after(query, () =>
      change(WRITE, (written) => {
        if (written) drawn = agenda.now();
        then();
      }),
    );
  };
  const work = (until: number) => {
    const beat = () => {
      // Its own row first, which nobody else writes.
      if (agenda.now() >= until) return finish();
      agenda.after(READ + WRITE, () => draw(() => agenda.after(Math.min(HEARTBEAT, until - agenda.now()), beat)));
    };
    agenda.after(Math.min(HEARTBEAT, until - agenda.now()), beat);
  };
  const finish = () => {
    const began = agenda.now();
    change(TRANSACTION, (written) => {
      if (!written) lost += 1;
      waits.push(agenda.now() - began);
      draw(() => work(agenda.now() + seconds));
    });
  };
  for (let i = 0; i < workers; i++) agenda.after(0, () => work(chance.between(0, seconds)));
  agenda.run(length);

  const sorted = waits.toSorted((a, b) => a - b);
  const ended = waits.length;
  return {
    mean: ended > 0 ? waits.reduce((sum, wait) => sum + wait, 0) / ended : READ + TRANSACTION,
    p99: sorted[Math.min(ended - 1, Math.floor(ended * 0.99))] ?? READ + TRANSACTION,
    lost: ended > 0 ? lost / ended : 0,
    writes: writes / length,
    conflicts: conflicts / length,
    drawings: drawings / length,
  };
}
