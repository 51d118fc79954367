import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { breakings } from './breaks.ts';
import { svg } from './chart.ts';
import { GOAL, predictions, predictionTable } from './check.ts';
import { filled } from './document.ts';
import { films, filmTable } from './film.ts';
import { Measured, readMeasured } from './measured.ts';
import { aMeasured } from './scenario.fixture.ts';
import { leastOf } from './sizes.ts';
import { markdown, quantile, time } from './table.ts';

const estate = { measured: aMeasured(), seed: 1, start: 60 };

it('holds the figures that are there to their form', async () => {
  expect((await readMeasured()).runs.length).toBeGreaterThan(0);
  expect(Measured.safeParse({ ...aMeasured(), more: 1 }).success).toBe(false);
});

it('predicts what one and two workers take on one machine', () => {
  // A plan, 18 chunks of 10.4 s, the sound, the source, the joining; two processors.
  const alone = 2.8 + 18 * 10.4 + 3.8 + 0.1 + 4.6;
  const run = (workers: number, playable_after: number) => ({
    ...{ name: `${workers}`, by: 'nobody', workers, cores: 2, keyframe_seconds: 2.5 },
    videos: [{ at: 0, seconds: 180, chunk_seconds: 10, playable_after }],
  });
  const made = predictions(aMeasured({ runs: [run(1, alone), run(2, alone / 2), run(2, alone)] }));
  expect(made[0]?.off).toBeCloseTo(0, 2);
  expect(Math.abs(made[1]?.off ?? 1)).toBeLessThan(GOAL);
  expect(made[2]?.off).toBeLessThan(-0.4);
  expect(predictionTable(made).says.join()).toContain('not all within');
});

it('predicts the mean of those that came one after the other', () => {
  const clip = { seconds: 10, chunk_seconds: 0 };
  const videos = [
    { ...clip, at: 0, playable_after: 9 },
    { ...clip, at: 5, after: 0, within: 10, playable_after: 13 },
  ];
  const run = { name: '', by: 'nobody', workers: 1, cores: 2, hop: 1, keyframe_seconds: 4, videos };
  const [made, ...others] = predictions(aMeasured({ runs: [run] }));
  expect(others).toEqual([]);
  // A second of video takes about one, and each task one more until it begins.
  expect(made).toMatchObject({ seconds: 10, measured: 11 });
  expect(made?.predicted).toBeCloseTo(2.1 + 10 * 1.03, 0);
});

it('knows that two workers on one processor are as one', () => {
  const video = { at: 0, seconds: 180, chunk_seconds: 10, playable_after: 1 };
  const run = (workers: number, cores: number) => ({
    name: '',
    by: 'nobody',
    workers,
    cores,
    keyframe_seconds: 2.5,
    videos: [video],
  });
  const [one, two, shared] = predictions(aMeasured({ runs: [run(1, 2), run(2, 2), run(2, 1)] })).map(
    ({ predicted }) => predicted,
  );
  expect(two).toBeLessThan((one ?? 0) * 0.6);
  expect((shared ?? 0) / (one ?? 1)).toBeCloseTo(1, 1);
});

it('has a film sooner with more workers, as far as there is something to divide', () => {
  const runs = films(estate, 10);
  for (const [i, { playable }] of runs.entries()) {
    expect(playable).toBeLessThanOrEqual((runs[i - 1]?.playable ?? Number.POSITIVE_INFINITY) * 1.1);
  }
  expect(filmTable(runs).rows[0]?.[3]).toBe('100 %');
});

it('tells what breaks first, and that all of it breaks later than nothing', () => {
  const found = breakings(estate);
  expect(found[0]?.limit.name).toContain('Fargate');
  expect(found.find(({ limit }) => limit.unit === 'vCPU')?.at).toBeCloseTo(6);
  const medium = found.find(({ limit }) => limit.name.includes('mq.m7g.medium') && limit.unit === 'connections');
  // Two connections a worker, and thirteen of others.
  expect(medium?.at).toBeCloseTo((100 - 13) / 2);
  for (const { used } of found) expect(used).toEqual(used.toSorted((a, b) => a - b));
});

it('chooses by cost times waiting', () => {
  const waits = (seconds: number) => [{ short: [seconds], clip: [seconds], episode: [seconds], film: [seconds] }];
  const choices = [
    { name: 'slow', waits: waits(100), cost: 1 },
    { name: 'dear', waits: waits(10), cost: 20 },
    { name: 'good', waits: waits(20), cost: 2 },
  ];
  expect(leastOf(choices, (choice) => choice)?.name).toBe('good');
});

it('fills the places of a document, and finds the ones of ours', async () => {
  const table = { title: '', headings: ['a', 'b'], rows: [['x', '1']], says: ['So.'] };
  const text = 'Before.\n\n<!-- some: begin -->\n\nold\n\n<!-- some: end -->\n\nAfter.';
  const once = filled(text, ['some', table]);
  expect(once).toContain(markdown(table));
  expect(once).not.toContain('old');
  expect(filled(once, ['some', table])).toBe(once);
  expect(() => filled(text, ['other', table])).toThrow('no place for other');
  const ours = await readFile(new URL('../../docs/scale.md', import.meta.url), 'utf8');
  for (const name of ['measured', 'predicted', 'sizes', 'rules', 'windows', 'film', 'breaks']) {
    expect(() => filled(ours, [name, table])).not.toThrow();
  }
});

it('draws what it is given', () => {
  const drawn = svg({
    title: 'A chart',
    x: {
      title: 'x',
      marks: [
        [1, 'one'],
        [100, 'hundred'],
      ],
    },
    y: {
      title: 'y',
      marks: [
        [1, 'low'],
        [10, 'high'],
      ],
    },
    series: [
      {
        name: 'line',
        points: [
          [1, 1],
          [100, 10],
        ],
      },
    ],
  });
  expect(drawn).toContain('d="M84.0 348.0L628.0 44.0"');
  expect(drawn).toContain('>line</text>');
});

it('says times as people do', () => {
  expect([3.06, 42, 150, 3000, 9000].map(time)).toEqual(['3.1 s', '42 s', '2.5 min', '50 min', '2.5 h']);
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([], 0.5)).toBeNaN();
});
