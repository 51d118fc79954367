import { type Estate, onAws } from './estate.ts';
import { simulate } from './pipeline.ts';
import { type Cost, costOf } from './prices.ts';
import { fixed } from './scaling.ts';
import { dollars, percent, type Table, time } from './table.ts';
import { usageOf } from './usage.ts';

const FILM = { seconds: 10_800, weight: 1 };
export const CREWS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

export interface FilmRun {
  workers: number;
  /** Until its pieces were done, and until it could be played. */
  worked: number;
  playable: number;
  /** Dollars, on Spot. */
  cost: Cost;
  /** The same where browsers need a proxy to compare with. */
  withProxy: number;
}

/** A film that has all workers to itself, which are there already and stay. */
export function films(estate: Estate, chunkSeconds: number): FilmRun[] {
  return CREWS.map((workers) => {
    const scenario = onAws({ ...estate, start: 0 }, { chunkSeconds, rule: fixed(workers) });
    const { interrupted, ...fleet } = scenario.fleet;
    const made = (proxy: boolean) => {
      const outcome = simulate({ ...scenario, fleet, arrivals: [{ ...FILM, proxy, at: 60 }] });
      const [{ arrived = 0, worked = Number.NaN, playable = Number.NaN } = {}] = outcome.fates;
      const cost = costOf(usageOf(outcome, [FILM], estate.measured), true);
      return { worked: worked - arrived, playable: playable - arrived, cost };
    };
    return { workers, ...made(false), withProxy: made(true).playable };
  });
}

/** Workers that still do half of what they could: twice as many would be of little use. */
const WORTH = 0.5;

export function filmTable(runs: readonly FilmRun[]): Table {
  const alone = runs[0]?.playable ?? Number.NaN;
  const efficiency = ({ workers, playable }: FilmRun) => alone / playable / workers;
  const last = runs.findLast((run) => efficiency(run) >= WORTH);
  return {
    title: 'A three-hour film that has all workers to itself',
    headings: ['workers', 'playable after', 'of which joining', 'efficiency', '$ workers', '$ table', 'with a proxy'],
    rows: runs.map((run) => [
      String(run.workers),
      time(run.playable),
      time(run.playable - run.worked),
      percent(efficiency(run)),
      dollars(run.cost.workers),
      dollars(run.cost.table),
      time(run.withProxy),
    ]),
    says: [
      `More than ${last?.workers ?? 1} workers on one film are less than half used: what only one can do, the plan, the sound and the joining, then takes the rest of the time.`,
      'A proxy, which browsers need of what they do not play, is one task however long it is, and the film waits for it.',
    ],
  };
}
