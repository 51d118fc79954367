import { describe, expect, it } from 'vitest';
import { LARGEST_WINDOW } from '../../core/pieces.ts';
import { newAgenda } from './agenda.ts';
import { line } from './calibrate.ts';
import { newFleet } from './fleet.ts';
import { machine } from './machine.ts';
import { contention } from './record.ts';
import { fixed, type Rule, type Seen, stepping, stepsFor, tracking } from './scaling.ts';
import { shipped } from './shipped.ts';

describe('the agenda', () => {
  it('does what is due in the order of time, and of asking', () => {
    const agenda = newAgenda();
    const done: string[] = [];
    const say = (word: string) => () => done.push(`${word} at ${agenda.now()}`);
    agenda.after(2, say('third'));
    agenda.after(1, say('first'));
    agenda.after(1, () => agenda.after(0, say('second')));
    agenda.after(1, say('never'))();
    agenda.run();
    expect(done).toEqual(['first at 1', 'second at 1', 'third at 2']);
  });

  it('keeps a thousand entries in order', () => {
    const agenda = newAgenda();
    const seen: number[] = [];
    for (let i = 0; i < 1000; i++) agenda.after((i * 7919) % 1000, () => seen.push(agenda.now()));
    agenda.run();
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen).toHaveLength(1000);
  });
});

describe('a machine', () => {
  /** When each of them ends, of which one begins each second. */
  function ends(cores: number, efforts: { wall: number; cpu: number }[]): number[] {
    const agenda = newAgenda();
    const shared = machine(agenda, cores);
    const at: number[] = [];
    for (const [i, effort] of efforts.entries()) {
      agenda.after(i, () => {
        shared.run(effort, () => {
          at[i] = agenda.now();
        });
      });
    }
    agenda.run();
    return at;
  }

  it('is as quick for two as for one while there are processors', () => {
    expect(
      ends(2, [
        { wall: 10, cpu: 10 },
        { wall: 10, cpu: 10 },
      ]),
    ).toEqual([10, 11]);
    expect(
      ends(1, [
        { wall: 10, cpu: 5 },
        { wall: 10, cpu: 5 },
      ]),
    ).toEqual([10, 11]);
  });

  it('shares evenly what is not enough for all', () => {
    // Ten seconds each on one processor: the first has it alone for a second, the second for the last one.
    expect(
      ends(1, [
        { wall: 10, cpu: 10 },
        { wall: 10, cpu: 10 },
      ]),
    ).toEqual([19, 20]);
    expect(ends(1, [{ wall: 5, cpu: 10 }])).toEqual([10]);
  });
});

describe('a fleet', () => {
  function running(rule: Rule, over: number, look: (now: number) => Pick<Seen, 'queued' | 'left' | 'tasks'>) {
    const agenda = newAgenda();
    const ready: number[] = [];
    const fleet = newFleet(
      { rule, start: 0, cores: 1 },
      {
        agenda,
        seed: 1,
        look: () => look(agenda.now()),
        isOver: () => agenda.now() >= over,
        ready: () => ready.push(agenda.now()),
        warned: () => {},
      },
    );
    return { agenda, fleet, ready };
  }
  const nothing = () => ({ queued: 0, left: 0, tasks: 0 });

  it('starts a hundred at once, and then five hundred a minute', () => {
    const { agenda, ready } = running(fixed(160), 600, nothing);
    agenda.run();
    expect(ready.filter((at) => at < 0.01)).toHaveLength(100);
    expect(Math.max(...ready)).toBeCloseTo((60 / 500) * 60);
  });

  it('is paid for from the launch to the end, and a minute at least', () => {
    const { agenda, fleet } = running(fixed(3), 600, nothing);
    agenda.run();
    expect(fleet.usage()).toMatchObject({ launches: 3, most: 3, workerSeconds: 3 * 600 });
  });

  it('comes down to zero, but ends nobody who is busy', () => {
    const rule = stepping({ name: '', metric: 'left', steps: [[1, 2]], cooldown: 60 });
    const { agenda, fleet } = running(rule, 3_600, (now) => ({ queued: 0, left: now < 100 ? 1 : 0, tasks: 0 }));
    agenda.run(90);
    const busy = fleet.claim();
    agenda.run(600);
    expect(fleet.present()).toBe(1);
    if (busy) fleet.release(busy);
    expect(fleet.present()).toBe(0);
  });
});

describe('rules', () => {
  const seen = (left: number, now = 0, running = 1): Seen => ({
    ...{ now, queued: 0, left, tasks: 0 },
    running,
    starting: 0,
  });

  it('step from zero, at once up and slowly down', () => {
    const wanted = stepping({ name: '', metric: 'left', steps: stepsFor(10, 100), cooldown: 300 }).begin();
    expect(wanted(seen(0))).toBe(0);
    expect(wanted(seen(1, 60))).toBe(1);
    expect(wanted(seen(5_000, 120))).toBe(100);
    expect(wanted(seen(0, 360))).toBe(100);
    expect(wanted(seen(0, 480))).toBe(0);
  });

  it('are as deployed: more while tasks wait, fewer once workers have been idle', () => {
    const wanted = shipped(20).begin();
    let minute = 0;
    const ask = (tasks: number, running: number) => wanted({ ...seen(0, 60 * minute++, running), tasks });
    expect(ask(0, 0)).toBe(0);
    expect(ask(1, 0)).toBe(2);
    // Nobody can be there yet: more only for more that waits.
    expect(ask(1, 0)).toBe(2);
    expect(ask(1, 0)).toBe(4);
    expect(ask(100, 0)).toBe(12);
    expect([ask(100, 12), ask(100, 12), ask(100, 12)]).toEqual([12, 17, 17]);
    expect([ask(100, 17), ask(100, 17)]).toEqual([20, 20]);
    expect(Array.from({ length: 5 }, () => ask(11, 20))).toEqual([20, 20, 20, 20, 12]);
    // Two have been idle all of these minutes, and now and then more.
    expect([ask(10, 12), ask(9, 12)]).toEqual([12, 10]);
  });

  it('have at most twenty steps, each with no more tasks a worker than asked for', () => {
    const steps = stepsFor(6, 200);
    expect(steps.length).toBeLessThanOrEqual(20);
    expect(steps.at(-1)?.[1]).toBe(200);
    for (const [i, [from, workers]] of steps.entries()) {
      expect(from).toBeGreaterThan(steps[i - 1]?.[0] ?? 0);
      expect(from / workers).toBeLessThanOrEqual(6);
    }
  });

  it('track a target after three minutes above it, and fifteen below', () => {
    const wanted = tracking('left', 10, 50).begin();
    const hold = (left: number, minutes: number) => Array.from({ length: minutes }, () => wanted(seen(left, 0, 2)));
    expect(hold(100, 3)).toEqual([2, 2, 10]);
    expect(hold(1, 15)).toEqual([...Array.from({ length: 14 }, () => 2), 1]);
  });
});

describe('the record that all write to', () => {
  it('is no matter for one worker nor for the largest window, and too much for a thousand', () => {
    const of = (workers: number) => contention(workers, 10, 1080, 900);
    expect(of(1)).toMatchObject({ conflicts: 0, lost: 0 });
    expect(of(LARGEST_WINDOW).lost).toBe(0);
    expect(of(LARGEST_WINDOW).mean).toBeLessThan(0.1);
    expect(of(LARGEST_WINDOW).conflicts).toBeGreaterThan(1);
    expect(of(1000).lost).toBeGreaterThan(0.05);
    expect(of(1000)).toEqual(of(1000));
  });
});

describe('a line through timings', () => {
  it('is exact where they lie on one', () => {
    expect(
      line([
        [5, 7],
        [10, 12],
        [20, 22],
      ]),
    ).toEqual({ fixed: 2, each: 1 });
  });

  it('never begins below nothing, nor falls', () => {
    expect(
      line([
        [10, 9],
        [20, 19],
      ]),
    ).toEqual({ fixed: 0, each: expect.closeTo(0.94) });
    expect(
      line([
        [10, 3],
        [20, 1],
      ]),
    ).toEqual({ fixed: 2, each: 0 });
    expect(line([[10, 3]])).toEqual({ fixed: 3, each: 0 });
  });
});
