import type { WorkerBoard } from '../../core/ports/worker-board.ts';

const PRESENT_MS = 30_000;

/** Signs of life in memory. */
export function memoryWorkerBoard(now: () => Date = () => new Date()): WorkerBoard {
  const reports = new Map<string, { broker: 'up' | 'down'; at: number }>();
  return {
    async report(worker, { broker }) {
      reports.set(worker, { broker, at: now().getTime() });
    },
    async present() {
      return [...reports]
        .filter(([, { at }]) => at >= now().getTime() - PRESENT_MS)
        .map(([worker, { broker }]) => ({ worker, broker }));
    },
  };
}
