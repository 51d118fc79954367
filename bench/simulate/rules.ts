import { type Estate, onAws } from './estate.ts';
import { simulate } from './pipeline.ts';
import { type Cost, costOf, sumOf } from './prices.ts';
import { fixed, type Rule, stepping, stepsFor, tracking } from './scaling.ts';
import { shipped } from './shipped.ts';
import { DRAIN_SECONDS, gather, leastOf } from './sizes.ts';
import { dollars, percent, quantile, type Table, time } from './table.ts';
import { arrivals, CLASSES, type ClassName } from './traffic.ts';
import { usageOf } from './usage.ts';

/** One small service that sleeps most of the time, and one that is busy. */
const DAYS = {
  quiet: { hours: 48, perHour: 2 },
  busy: { hours: 2, perHour: 60, bursts: { videos: 40, every: 1 } },
};
type DayName = keyof typeof DAYS;
const MOST_WORKERS = 200;

/** Of each kind, with other chance: films are rare. */
const TIMES = 3;
/** Pieces in the queue for a worker, where a rule counts them. */
const QUEUED = 6;

interface Day {
  waits: Record<ClassName, number[]>;
  cost: Cost;
  /** Hours of video in it. */
  hours: number;
  /** Workers at a time, at most, and how much of their time they had something to do. */
  most: number;
  busy: number;
}

export interface RuleResult {
  name: string;
  days: Record<DayName, Day>;
}

export function rules(): Rule[] {
  const steps = stepsFor(DRAIN_SECONDS, MOST_WORKERS);
  const left = { metric: 'left', steps } as const;
  const queued = { metric: 'queued', steps: stepsFor(QUEUED, MOST_WORKERS) } as const;
  return [
    fixed(2),
    fixed(20),
    fixed(60),
    shipped(MOST_WORKERS),
    tracking('queued', QUEUED, MOST_WORKERS),
    tracking('left', DRAIN_SECONDS, MOST_WORKERS),
    stepping({ ...queued, cooldown: 300, name: 'steps by queued, 5 min' }),
    stepping({ ...left, cooldown: 60, name: 'steps by s left, 1 min' }),
    stepping({ ...left, cooldown: 300, name: 'steps by s left, 5 min' }),
    stepping({ ...left, cooldown: 900, name: 'steps by s left, 15 min' }),
    stepping({ ...left, cooldown: 300, every: 10, name: 'steps by s left each 10 s, 5 min' }),
    stepping({
      ...left,
      steps: stepsFor(DRAIN_SECONDS / 4, MOST_WORKERS),
      cooldown: 300,
      name: 'steps by s left, 4 × as many, 5 min',
    }),
  ];
}

export function compareRules(estate: Estate): RuleResult[] {
  return rules().map((rule) => ({
    name: rule.name,
    days: { quiet: day(estate, rule, 'quiet'), busy: day(estate, rule, 'busy') },
  }));
}

function day(estate: Estate, rule: Rule, name: DayName): Day {
  const waits: Day['waits'] = { short: [], clip: [], episode: [], film: [] };
  const costs: Cost[] = [];
  let [seconds, most, busy, paid] = [0, 0, 0, 0];
  for (let time = 0; time < TIMES; time++) {
    const uploads = arrivals(DAYS[name], estate.seed + time);
    const outcome = simulate({ ...onAws(estate, { rule }), arrivals: uploads });
    gather(waits, uploads, outcome);
    costs.push(costOf(usageOf(outcome, uploads, estate.measured), true));
    seconds += uploads.reduce((sum, upload) => sum + upload.seconds, 0);
    most = Math.max(most, outcome.fleet.most);
    busy += Object.values(outcome.busy).reduce((sum, each) => sum + each, 0);
    paid += outcome.fleet.workerSeconds;
  }
  return { waits, cost: sumOf(costs), hours: seconds / 3600, most, busy: busy / paid };
}

export function rulesTable(results: readonly RuleResult[]): Table {
  const slow = (waits: Record<ClassName, number[]>) =>
    CLASSES.map(({ name }) => time(quantile(waits[name], 0.95))).join(' · ');
  // Workers that wait for nothing all night are no choice: a rule has to come down to zero.
  const fromZero = results.filter(({ name }) => name.startsWith('steps'));
  const best = leastOf(fromZero, ({ days: { quiet, busy } }) => {
    return { waits: [quiet.waits, busy.waits], cost: quiet.cost.total / quiet.hours + busy.cost.total / busy.hours };
  });
  return {
    title: `Scaling rules: p95 of the time to playable (${CLASSES.map(({ name }) => name).join(' · ')}) and cost`,
    headings: [
      'rule',
      ...['quiet', 'busy'].flatMap((name) => [`${name}: p95`, '$ an hour of video', 'workers', 'busy']),
    ],
    rows: results.map(({ name, days }) => [
      name,
      ...[days.quiet, days.busy].flatMap(({ waits, cost, hours, most, busy }) => [
        slow(waits),
        dollars(cost.total / hours),
        String(most),
        percent(busy),
      ]),
    ]),
    says: [
      `Suggested: ${best?.name ?? '–'}. Of the rules that come down to zero, cost times waiting is least with it, over both days.`,
      'Messages in the queue say little of what there is to do, since each video has a small window there: rules that count them starve films. What is left to do is in the records.',
    ],
  };
}
