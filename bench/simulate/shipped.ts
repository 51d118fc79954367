import { FEWER, IDLE_MINUTES, MORE, STARTING_SECONDS } from '../../infra/scaling-steps.ts';
import type { Rule, Seen } from './scaling.ts';

/** By the largest step that so much is enough for. */
const stepFor = (steps: typeof MORE | typeof FEWER, seen: number) =>
  steps.findLast(({ from }) => seen >= from)?.workers ?? 0;

/**
 * The rule that is deployed (`infra/scaling.ts`), as Application Auto Scaling carries it out. More by the tasks that nobody
 * has in hand for each worker: at once, and again while they wait; before a new worker can be there, only by what the
 * step has grown. Fewer by the workers that have been idle all of some minutes.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
export function shipped(most: number): Rule {
  const begin = () => {
    let wanted = 0;
    let last = { at: Number.NEGATIVE_INFINITY, added: 0 };
    let idle: number[] = [];
    return ({ now, tasks, running }: Seen) => {
      const waiting = Math.max(0, tasks - running) / Math.max(1, running);
      idle = [...idle, Math.max(0, running - tasks)].slice(-IDLE_MINUTES);
      const isCool = now - last.at >= STARTING_SECONDS;
      if (waiting > 0) {
        const added = stepFor(MORE, waiting);
        const before = isCool ? 0 : last.added;
        if (added <= before) return wanted;
        last = { at: now, added };
        wanted = Math.min(most, wanted + added - before);
      } else if (isCool && idle.length === IDLE_MINUTES && Math.min(...idle) > 0) {
        last = { at: now, added: 0 };
        wanted = Math.max(0, wanted - stepFor(FEWER, Math.min(...idle)));
      }
      return wanted;
    };
  };
  return { name: 'steps as deployed', every: 60, begin };
}
