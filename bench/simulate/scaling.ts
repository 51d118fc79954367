/** What a rule sees of the pipeline when it looks. */
export interface Seen {
  /** Seconds. */
  now: number;
  /** Messages that wait in the lanes of the broker. */
  queued: number;
  /**
   * Seconds of video that the records know are left, whether or not the broker has tasks for them: metadata tells how
   * long a video is before anybody begins with it.
   */
  left: number;
  /** Tasks that are not done, those that wait their turn and those in hand too, as `pipeline/count-backlog.ts` counts them. */
  tasks: number;
  /** Workers that are there, and that are on their way. */
  running: number;
  starting: number;
}

/** How many workers there ought to be. */
export interface Rule {
  name: string;
  /** How often it looks, in seconds. */
  every: number;
  /** A fresh one for each run: it may remember what it saw. */
  begin(): (seen: Seen) => number;
}

/** CloudWatch's ordinary resolution. */
const MINUTE = 60;

export function fixed(workers: number): Rule {
  return { name: `${workers} always`, every: MINUTE, begin: () => () => workers };
}

type Metric = 'queued' | 'left' | 'tasks';
const NAMES = { queued: 'queued', left: 's left', tasks: 'tasks' } as const;

/**
 * Application Auto Scaling's target tracking on a backlog per worker: more after three minutes above the target, fewer
 * after fifteen below nine tenths of it, in proportion. It cannot begin from zero, since nothing is a share of no worker.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
export function tracking(metric: Metric, target: number, most: number): Rule {
  const [above, below] = [3, 15];
  const begin = () => {
    const ratios: number[] = [];
    return (seen: Seen) => {
      const current = seen.running + seen.starting;
      ratios.push(seen[metric] / Math.max(1, seen.running) / target);
      const last = (n: number) => ratios.slice(-n);
      const isHigh = ratios.length >= above && last(above).every((ratio) => ratio > 1);
      const isLow = ratios.length >= below && last(below).every((ratio) => ratio < 0.9);
      const ratio = ratios.at(-1) ?? 1;
      const wanted = isHigh ? Math.max(current, Math.ceil(seen.running * ratio)) : current;
      return clamp(isLow ? Math.ceil(seen.running * ratio) : wanted, 1, most);
    };
  };
  return { name: `track ${target} ${NAMES[metric]} a worker`, every: MINUTE, begin };
}

/** So many workers from so much backlog on. */
export type Steps = readonly (readonly [from: number, workers: number])[];

export interface Stepping {
  metric: Metric;
  steps: Steps;
  /** Seconds between looks: CloudWatch's custom metrics have a resolution of down to one, its alarms of ten. */
  every?: number;
  /** Seconds for which fewer must have been wanted before there are fewer. */
  cooldown: number;
  name: string;
}

/**
 * Step scaling to exact capacities, from zero and back to it: up with the first look that asks for it, down when nothing
 * has asked for as many for a while.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
export function stepping({ metric, steps, every = MINUTE, cooldown, name }: Stepping): Rule {
  const begin = () => {
    let asked: { at: number; workers: number }[] = [];
    return (seen: Seen) => {
      const workers = steps.findLast(([from]) => seen[metric] >= from)?.[1] ?? 0;
      asked = [...asked.filter(({ at }) => at > seen.now - cooldown), { at: seen.now, workers }];
      return Math.max(...asked.map(({ workers }) => workers));
    };
  };
  return { name, every, begin };
}

/**
 * Steps that come close to one worker for so much backlog: each a half more than the one before. A policy has at most
 * twenty. https://docs.aws.amazon.com/general/latest/gr/as-app.html
 */
export function stepsFor(perWorker: number, most: number): Steps {
  const steps: [number, number][] = [];
  for (let workers = 1; workers < most; workers = Math.max(workers + 1, Math.ceil(workers * 1.5))) {
    steps.push([Math.max(1, Math.round((workers - 1) * perWorker) + 1), workers]);
  }
  return [...steps, [Math.round((most - 1) * perWorker) + 1, most]];
}

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
