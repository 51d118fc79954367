import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainMeasures } from '../test/plain-measures.ts';
import type { FrameMeasures } from './measures.ts';
import { boundaries, groupSamples, scenesOf } from './scenes.ts';

const plain = plainMeasures();
const dark: Partial<FrameMeasures> = { luma: { ...plain.luma, p50: 20 } };
const noisy: Partial<FrameMeasures> = { noise: { fine: 9, coarse: 4.5, confidence: 1 } };
const warm: Partial<FrameMeasures> = { channels: { ...plain.channels, b: { ...plain.channels.b, norm: 80 } } };
const dim: Partial<FrameMeasures> = { luma: { ...plain.luma, p50: 55 } };

/** One sample a second. */
const film = (...looks: Partial<FrameMeasures>[]) => looks.map((look, time) => plainMeasures({ ...look, time }));
const sizes = (measures: FrameMeasures[]) => groupSamples(measures).map(({ length }) => length);

it('groups what needs the same, whatever it shows', () => {
  expect(sizes(film({}, { luma: { ...plain.luma, p50: 90 } }, { saturation: 0.5 }, {}))).toEqual([4]);
  expect(sizes(film(dark, dark, {}, {}, {}, warm, warm))).toEqual([2, 3, 2]);
  expect(sizes(film({}, {}, noisy, noisy))).toEqual([2, 2]);
});

it('does not leave a group for one picture that is a little off, but for one that is far off', () => {
  expect(sizes(film({}, {}, dim, {}, {}))).toEqual([5]);
  expect(sizes(film({}, {}, dim, dim, {}, {}))).toEqual([2, 2, 2]);
  expect(sizes(film({}, {}, dark, {}, {}))).toEqual([2, 1, 2]);
});

it('does not drift: what changes little by little is left in time', () => {
  const fading = Array.from({ length: 12 }, (_, step) => ({ luma: { ...plain.luma, p50: 80 - step * 5 } }));
  expect(sizes(film(...fading)).length).toBeGreaterThan(1);
});

it('says where to seek a cut', () => {
  expect(boundaries(groupSamples(film(dark, dark, {}, {})))).toMatchObject([{ from: 1, to: 2 }]);
});

it('begins at the cut, or else half-way and gradually', () => {
  const groups = groupSamples(film(dark, dark, {}, {}, warm, warm));
  expect(scenesOf(groups, [1.24, null], 6.5)).toMatchObject([
    { start: 0, end: 1.24, begins: 'cut' },
    { start: 1.24, end: 3.5, begins: 'cut' },
    { start: 3.5, end: 6.5, begins: 'gradual' },
  ]);
});

const look = fc.constantFrom(
  plain,
  { ...plain, ...dark },
  { ...plain, ...noisy },
  { ...plain, ...warm },
  { ...plain, ...dim },
);
const anyFilm = fc
  .array(fc.tuple(look, fc.double({ min: 0.01, max: 20, noNaN: true })), { minLength: 1, maxLength: 120 })
  .map((samples) => {
    let time = 0;
    return samples.map(([look, gap], index) => {
      time += index === 0 ? 0 : gap;
      return { ...look, time };
    });
  });

it('covers the video from 0 to its end, in order, without gaps, a sample in each scene, and not too many', () => {
  fc.assert(
    fc.property(
      anyFilm,
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.infiniteStream(fc.boolean()),
      (measures, rest, hits) => {
        const groups = groupSamples(measures);
        const cuts = boundaries(groups).map(({ from, to }) => (hits.next().value ? (from * 2 + to) / 3 : null));
        const last = measures.at(-1)?.time ?? 0;
        const scenes = scenesOf(groups, cuts, last + rest);
        expect(scenes[0]?.start).toBe(0);
        expect(scenes.at(-1)?.end).toBe(last + rest);
        expect(scenes.length).toBeLessThanOrEqual(24);
        for (const [index, { start, end, measures }] of scenes.entries()) {
          expect(end).toBe(scenes[index + 1]?.start ?? last + rest);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(measures.length).toBeGreaterThan(0);
          for (const { time } of measures) expect(time >= start && time <= end).toBe(true);
        }
        expect(scenes.flatMap(({ measures }) => measures)).toEqual(measures);
      },
    ),
    { numRuns: 200 },
  );
});
