import { beforeEach, describe, expect, it } from 'vitest';
import type { WorkerBoard } from '../../core/ports/worker-board.ts';
import { aClock } from '../twins.ts';

/**
 * What every worker board must do.
 *
 * @param open - an empty board that takes the time from this clock
 */
export function workerBoardConformance(open: (now: () => Date) => WorkerBoard | Promise<WorkerBoard>): void {
  let clock: ReturnType<typeof aClock>;
  let board: WorkerBoard;
  beforeEach(async () => {
    clock = aClock();
    board = await open(clock.now);
  });
  const present = async () => (await board.present()).sort((a, b) => (a.worker < b.worker ? -1 : 1));

  describe('worker board', () => {
    it('is empty at first', async () => {
      expect(await present()).toEqual([]);
    });

    it('shows each worker once, with its last word', async () => {
      await board.report('a', { broker: 'down' });
      await board.report('b', { broker: 'down' });
      await board.report('a', { broker: 'up' });
      expect(await present()).toEqual([
        { worker: 'a', broker: 'up' },
        { worker: 'b', broker: 'down' },
      ]);
    });

    it('forgets who has been silent for half a minute', async () => {
      await board.report('silent', { broker: 'up' });
      clock.pass(20_000);
      await board.report('alive', { broker: 'up' });
      expect(await present()).toHaveLength(2);
      clock.pass(10_001);
      expect(await present()).toEqual([{ worker: 'alive', broker: 'up' }]);
    });
  });
}
