import { type Estate, onAws } from './estate.ts';
import { type Outcome, simulate } from './pipeline.ts';
import { type Cost, costOf, PRICES, sumOf } from './prices.ts';
import { fixed, stepping, stepsFor } from './scaling.ts';
import { dollars, percent, quantile, type Table, time } from './table.ts';
import { type Arrival, arrivals, CLASSES, type ClassName } from './traffic.ts';
import { usageOf } from './usage.ts';

/** 0 for whole. */
export const SIZES = [5, 10, 20, 30, 60, 0];
/** More days than one, since films are rare. */
const DAYS = 3;
const TRAFFIC = { hours: 4, perHour: 40, bursts: { videos: 20, every: 2 } };
/** A worker for so many seconds of video that are left; and for each video, where it is not cut. */
export const DRAIN_SECONDS = 120;
const MOST_WORKERS = 200;

export interface SizeResult {
  chunkSeconds: number;
  /** Seconds to playable by class. */
  waits: Record<ClassName, number[]>;
  cost: Cost;
  /** Hours of video in it. */
  hours: number;
  /** Of a short clip behind two films, with two workers, against being alone: the middle one and the worst. */
  behind: { median: number; worst: number };
  /** Tasks that were done in vain, of all. */
  wasted: number;
  /** Larger than made as a whole, where that was measured. */
  growth: number | undefined;
}

export function compareSizes(estate: Estate): SizeResult[] {
  return SIZES.map((chunkSeconds) => {
    const waits: SizeResult['waits'] = { short: [], clip: [], episode: [], film: [] };
    const costs: Cost[] = [];
    let [hours, wasted, tasks] = [0, 0, 0];
    for (let day = 0; day < DAYS; day++) {
      const uploads = arrivals(TRAFFIC, estate.seed + day);
      const outcome = simulate({
        ...onAws(estate, { chunkSeconds, rule: ruleFor(chunkSeconds) }),
        arrivals: uploads,
      });
      gather(waits, uploads, outcome);
      costs.push(costOf(usageOf(outcome, uploads, estate.measured), true));
      hours += uploads.reduce((sum, { seconds }) => sum + seconds, 0) / 3600;
      wasted += outcome.wasted;
      tasks += Object.values(outcome.done).reduce((sum, count) => sum + count, 0);
    }
    const growth = estate.measured.growth.find((each) => each.chunk_seconds === chunkSeconds)?.share;
    const behind = behindFilms(estate, chunkSeconds);
    return {
      chunkSeconds,
      waits,
      cost: sumOf(costs),
      hours,
      behind,
      wasted: wasted / tasks,
      growth: chunkSeconds > 0 ? growth : 0,
    };
  });
}

function ruleFor(chunkSeconds: number) {
  const common = { name: '', cooldown: 300 };
  return chunkSeconds > 0
    ? stepping({ ...common, metric: 'left', steps: stepsFor(DRAIN_SECONDS, MOST_WORKERS) })
    : stepping({ ...common, metric: 'queued', steps: stepsFor(1, MOST_WORKERS) });
}

export function gather(waits: SizeResult['waits'], uploads: readonly Arrival[], { fates }: Outcome): void {
  for (const [i, { class: name, at }] of uploads.entries()) waits[name].push((fates[i]?.playable ?? Number.NaN) - at);
}

const SHORT = { seconds: 15, weight: 1 };

/** Two workers, two films, and now and then a short clip, at any moment of their chunks. */
function behindFilms(estate: Estate, chunkSeconds: number): SizeResult['behind'] {
  const scenario = onAws({ ...estate, start: 0 }, { chunkSeconds, rule: fixed(2) });
  const { interrupted, ...fleet } = scenario.fleet;
  const wait = (at: number[], films: { at: number; seconds: number; weight: number }[]) => {
    const { fates } = simulate({
      ...scenario,
      fleet,
      arrivals: [...films, ...at.map((each) => ({ ...SHORT, at: each }))],
    });
    return fates.slice(films.length).map(({ arrived, playable }) => playable - arrived);
  };
  const [alone = Number.NaN] = wait([60], []);
  // Never at the same point of two chunks, and never two at once.
  const later = Array.from({ length: 20 }, (_, i) => 900 + i * 97.3);
  const film = { at: 0, seconds: 10_800, weight: 1 };
  const behind = wait(later, [film, film]);
  return { median: quantile(behind, 0.5) / alone, worst: Math.max(...behind) / alone };
}

const nameOf = (chunkSeconds: number) => (chunkSeconds > 0 ? `${chunkSeconds} s` : 'whole');

export function sizesTable(results: readonly SizeResult[]): Table {
  const names = CLASSES.map(({ name }) => name);
  const marks = (waits: number[]) => [0.5, 0.95, 0.99].map((share) => time(quantile(waits, share))).join(' · ');
  const best = leastOf(results, ({ waits, cost, hours }) => ({ waits: [waits], cost: cost.total / hours }));
  return {
    title: 'Time to playable (p50 · p95 · p99) and cost, by the length of the chunks',
    headings: ['chunks', ...names, 'short behind films', ...COST_HEADINGS, 'in vain', 'size'],
    rows: results.map(({ chunkSeconds, waits, behind, cost, hours, wasted, growth }) => [
      nameOf(chunkSeconds),
      ...names.map((name) => marks(waits[name])),
      `× ${behind.median.toFixed(1)}, worst ${behind.worst.toFixed(1)}`,
      ...costCells(cost, hours),
      percent(wasted),
      growth === undefined ? '–' : `${growth < 0 ? '−' : '+'}${percent(Math.abs(growth))}`,
    ]),
    says: [
      `Suggested: ${best ? nameOf(best.chunkSeconds) : '–'}. ${TRADE}`,
      `The broker costs the same whatever it does: ${Object.entries(PRICES.broker)
        .map(([name, price]) => `${name} ${dollars(price)}`)
        .join(', ')} an hour. Prices of ${PRICES.asOf}.`,
    ],
  };
}

export const COST_HEADINGS = ['$ an hour of video', 'workers', 'table', 'other'];

export function costCells({ total, workers, table, storage, functions }: Cost, hours: number): string[] {
  return [total, workers, table, storage + functions].map((part) => dollars(part / hours));
}

const TRADE =
  'With it, cost times waiting is least: waiting is the mean of the p95 of all kinds of videos, by their logarithms, so that a tenth less for any of them counts as much as a tenth less to pay.';

/** The one of which cost times waiting is least. */
export function leastOf<T>(
  results: readonly T[],
  of: (result: T) => { waits: Record<ClassName, number[]>[]; cost: number },
): T | undefined {
  const product = (result: T) => {
    const { waits, cost } = of(result);
    const slowest = waits
      .flatMap((each) => CLASSES.map(({ name }) => quantile(each[name], 0.95)))
      .filter((wait) => !Number.isNaN(wait));
    return Math.log(cost) + slowest.reduce((sum, wait) => sum + Math.log(wait), 0) / slowest.length;
  };
  return results.toSorted((a, b) => product(a) - product(b))[0];
}
