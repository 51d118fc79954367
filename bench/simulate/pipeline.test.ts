import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate } from './pipeline.ts';
import { random } from './random.ts';
import { fixed, stepping, stepsFor } from './scaling.ts';
import { plainly, taking } from './scenario.fixture.ts';
import { arrivals } from './traffic.ts';
import { chunksOf } from './work.ts';

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('queues as they are known to behave', () => {
  /** Whole videos that arrive by chance, `load` of them while one is worked on by one worker. */
  function inSystem(workers: number, load: number, service: (chance: ReturnType<typeof random>) => number): number {
    const chance = random(7);
    let at = 0;
    const videos = Array.from({ length: 30_000 }, () => {
      at += chance.exponential(1 / load);
      return { at, seconds: service(chance), weight: 1 };
    });
    const { fates } = simulate(plainly(workers, { arrivals: videos, chunkSeconds: 0 }));
    return mean(fates.map(({ arrived, playable }) => playable - arrived));
  }
  const byChance = (chance: ReturnType<typeof random>) => chance.exponential(1);

  it.each([0.3, 0.5, 0.8])('M/M/1 at a load of %s: 1 / (μ − λ)', (load) => {
    expect(inSystem(1, load, byChance) * (1 - load)).toBeCloseTo(1, 1);
  });

  it('M/D/1: half of the waiting, by Pollaczek and Khinchine', () => {
    const load = 0.8;
    expect(inSystem(1, load, () => 1) / (1 + load / (2 * (1 - load)))).toBeCloseTo(1, 1);
  });

  it('M/M/3: by Erlang', () => {
    const load = 2.4;
    const [servers, full] = [3, (load ** 3 / 6) * (3 / (3 - load))];
    const waits = full / (1 + load + load ** 2 / 2 + full);
    expect(inSystem(servers, load, byChance) / (1 + waits / (servers - load))).toBeCloseTo(1, 1);
  });
});

const LENGTHS = [5, 15, 20, 21, 60, 180, 600];

it('each video ends once, with all its pieces, whatever happens on the way', () => {
  const video = fc.record({
    at: fc.integer({ min: 0, max: 2_000 }),
    seconds: fc.constantFrom(...LENGTHS),
    weight: fc.double({ min: 0.5, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(video, { minLength: 1, maxLength: 30 }),
      fc.record({
        seed: fc.nat(),
        chunkSeconds: fc.constantFrom(0, 5, 10, 30),
        window: fc.constantFrom(1, 2, 8),
        workers: fc.integer({ min: 1, max: 20 }),
        start: fc.constantFrom(0, 60),
        interrupted: fc.constantFrom(0.5, 20),
        lost: fc.constantFrom(0, 0.2),
        scales: fc.boolean(),
      }),
      (uploads, { workers, start, interrupted, lost, scales, ...settings }) => {
        const steps = stepping({ name: '', metric: 'left', steps: stepsFor(2, workers), cooldown: 120 });
        const fleet = { rule: scales ? steps : fixed(workers), start, cores: 1, interrupted };
        const count = () => ({ mean: 0.02, lost });
        const scenario = plainly(workers, { ...settings, fleet, count, arrivals: uploads, hop: 0.1, dispatch: 1 });
        const { fates, done, fleet: used, busy } = simulate(scenario);
        for (const [i, { arrived, begun, worked, playable, ends, pieces }] of fates.entries()) {
          const chunks = chunksOf(uploads[i]?.seconds ?? 0, settings.chunkSeconds).length;
          expect(ends).toBe(1);
          expect(pieces).toBe(chunks > 1 ? chunks + 2 : 0);
          expect(begun).toBeGreaterThan(arrived);
          expect(worked).toBeGreaterThan(begun);
          expect(playable).toBeGreaterThanOrEqual(worked);
        }
        expect(done.whole + done.assemble).toBe(uploads.length);
        expect(done.plan).toBe(done.assemble);
        const busySeconds = Object.values(busy).reduce((sum, each) => sum + each, 0);
        expect(busySeconds).toBeLessThanOrEqual(used.workerSeconds);
        expect(used.most).toBeLessThanOrEqual(workers);
      },
    ),
    { numRuns: 60 },
  );
});

it('says the same for the same seed, and something else for another', () => {
  const day = (seed: number) => {
    const uploads = arrivals({ hours: 0.5, perHour: 40, bursts: { videos: 5, every: 0.5 } }, seed);
    const fleet = { rule: fixed(10), start: 60, cores: 1, interrupted: 1 };
    return simulate(plainly(10, { seed, fleet, arrivals: uploads }));
  };
  expect(day(3)).toEqual(day(3));
  expect(day(3)).not.toEqual(day(4));
});

describe('fairness', () => {
  const efforts = taking({ chunk: 10, sound: 4, source: 1, plan: 2, assemble: 3, whole: 6 });
  const film = { at: 0, seconds: 3_600, weight: 1 };

  it.each([1, 2, 7])('a short clip behind a film waits for at most one chunk, with %s workers', (workers) => {
    fc.assert(
      fc.property(fc.double({ min: 20, max: 400, noNaN: true }), (at) => {
        const short = { at, seconds: 15, weight: 1 };
        const { fates } = simulate(plainly(workers, { efforts, arrivals: [film, short] }));
        const [, { begun = Number.NaN } = {}] = fates;
        expect(begun - at).toBeLessThanOrEqual(10);
      }),
      { numRuns: 25 },
    );
  });

  it('it would wait for all of a film that is not cut', () => {
    const whole = taking({ whole: 10_000 });
    const short = { at: 60, seconds: 15, weight: 1 };
    const { fates } = simulate(plainly(1, { efforts: whole, chunkSeconds: 0, arrivals: [film, short] }));
    expect(fates[1]?.begun).toBeCloseTo(10_000);
  });

  it('what is cut, too, waits for the windows of films, and not for the films', () => {
    const clip = { at: 500, seconds: 60, weight: 1 };
    const { fates } = simulate(plainly(2, { efforts, arrivals: [film, film, clip] }));
    const windows = 2 * 2 * 2;
    const [, , { playable = Number.NaN } = {}] = fates;
    // Its pieces come one window after the other: first all of those that lie before, then turn by turn.
    expect(playable - clip.at).toBeLessThan(((windows + 3 * 8) * 10) / 2);
  });
});

it('divides a film among workers, but for what only one can do', () => {
  const efforts = taking({ chunk: 10, plan: 5, assemble: 5 });
  const film = { at: 0, seconds: 1_000, weight: 1 };
  const took = (workers: number) => simulate(plainly(workers, { efforts, arrivals: [film] })).fates[0]?.playable;
  expect(took(1)).toBeCloseTo(5 + 100 * 10 + 5);
  expect(took(4)).toBeCloseTo(5 + 25 * 10 + 5);
  expect(took(100)).toBeCloseTo(5 + 10 + 5);
});

it('uploads what follows another once that is playable', () => {
  const second = { at: 3, after: 0, seconds: 5, weight: 1 };
  const videos = [{ at: 1, seconds: 10, weight: 1 }, second, { ...second, at: 0, after: 1 }];
  const { fates } = simulate(plainly(1, { arrivals: videos, chunkSeconds: 0 }));
  expect(fates.map(({ arrived, playable }) => [arrived, playable])).toEqual([
    [1, 11],
    [14, 19],
    [19, 24],
  ]);
});
