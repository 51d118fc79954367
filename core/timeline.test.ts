import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame } from './profiles/measures.fixture.ts';
import { type Joint, outputTicks, planTimeline, SHORTEST_SECONDS, type Sights, type Timeline } from './timeline.ts';

/** Videos of any length, rate, start and keyframes; times of pictures even or not. */
const video = fc
  .record({
    base: fc.constantFrom([1, 25], [1001, 30000], [1, 90000], [1, 1000], [1, 12800], [1, 1_000_000]),
    start: fc.integer({ min: -1_000_000, max: 10_000_000 }),
    steps: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 400 }),
    stretch: fc.integer({ min: 1, max: 90_000 }),
    keys: fc.array(fc.nat(400), { maxLength: 60 }),
    reach: fc.nat(4),
    lie: fc.constantFrom(0, 0.5, 1, 1, 1, 1.5),
  })
  .map(({ base: [num = 1, den = 1], start, steps, stretch, keys, reach, lie }) => {
    const times = [start];
    for (const step of steps) times.push((times.at(-1) ?? 0) + step * stretch);
    const joints: Joint[] = keys.flatMap((key) => {
      const [keyframe, first] = [times[key], times[key + reach]];
      return keyframe === undefined || first === undefined
        ? []
        : [{ keyframe, start: first, position: key * 1000, size: 5000, seek: keyframe / 7 }];
    });
    const seconds = (((times.at(-1) ?? 0) - start) * num) / den;
    const clock = { timeBase: { num, den }, origin: start, first: start, frameRate: times.length / seconds };
    return { times, sights: { ...clock, duration: seconds * lie, joints } };
  });

const holds = ({ start, end }: Timeline['chunks'][number], time: number) =>
  (start === null || time >= start) && (end === null || time < end);

describe('chunks', () => {
  it('hold every picture once and in order, whatever the joints, the start, the rate and the header say', () => {
    fc.assert(
      fc.property(video, ({ times, sights }) => {
        const { chunks } = planTimeline(sights);
        const held = chunks.flatMap((chunk) => times.filter((time) => holds(chunk, time)));
        expect(held).toEqual(times);
        expect(chunks.map(({ index }) => index)).toEqual(chunks.map((_, i) => i));
      }),
    );
  });

  it('begin at a joint, and are decoded from its keyframe on', () => {
    fc.assert(
      fc.property(video, ({ sights }) => {
        const { chunks } = planTimeline(sights);
        expect(chunks[0]).toMatchObject({ start: null, seek: null, bytes: { from: 0 } });
        for (const { start, seek, bytes } of chunks.slice(1)) {
          expect(sights.joints).toContainEqual(expect.objectContaining({ start, seek, position: bytes.from }));
        }
        expect(chunks.at(-1)).toMatchObject({ end: null, bytes: { to: null } });
      }),
    );
  });

  it('are never tiny, the last one neither, where the header tells the truth', () => {
    fc.assert(
      fc.property(video, ({ times, sights }) => {
        const { chunks } = planTimeline(sights);
        if (chunks.length === 1) return;
        const least = (SHORTEST_SECONDS * sights.timeBase.den) / sights.timeBase.num;
        const end = sights.first + (sights.duration * sights.timeBase.den) / sights.timeBase.num;
        for (const chunk of chunks) {
          const from = chunk.start ?? times[0] ?? 0;
          expect((chunk.end ?? end) - from).toBeGreaterThanOrEqual(least - 1e-3);
        }
      }),
    );
  });

  const every = (seconds: number, until: number): Joint[] =>
    Array.from({ length: Math.floor(until / seconds) }, (_, i) => (i + 1) * seconds * 1000).map((time) => ({
      keyframe: time,
      start: time,
      position: time,
      size: 5,
      seek: time / 1000,
    }));
  const starts = (sights: Partial<Sights>) =>
    planTimeline({
      timeBase: { num: 1, den: 1000 },
      origin: 0,
      first: 0,
      duration: 60,
      frameRate: 1,
      joints: [],
      ...sights,
    }).chunks.map(({ start }) => start);

  it('last about ten seconds', () => {
    expect(starts({ joints: every(2, 60) })).toEqual([null, 10_000, 20_000, 30_000, 40_000, 50_000]);
    expect(starts({ joints: every(7, 60) })).toEqual([null, 7_000, 14_000, 21_000, 28_000, 35_000, 42_000, 49_000]);
  });

  /** Of a thousand bytes a second, and ten pictures: keyframes weigh as much as so many of them. */
  const weighing = (pictures: number, sights: Partial<Sights> = {}): Sights => ({
    ...{ timeBase: { num: 1, den: 1000 }, origin: 0, first: 0, duration: 60, frameRate: 10 },
    joints: every(2, 60).map((joint) => ({ ...joint, size: pictures * 100 })),
    ...sights,
  });
  const scenes = (...lengths: number[]) =>
    Array.from({ length: 31 }, (_, i) => 2 * i).map((time) => {
      const scene = lengths.findIndex(
        (_, i) => time < lengths.slice(0, i + 1).reduce((sum, length) => sum + length, 0),
      );
      return frame({ luma: scene % 2 === 0 ? [20, 60, 150, 230, 250] : [4, 10, 40, 120, 180] }, time);
    });
  const onward = (sights: Sights, cut: Parameters<typeof planTimeline>[1] = {}) =>
    planTimeline(sights, cut).chunks.map((chunk) => chunk.onward);

  it('are worth something to the next where a quiet scene goes on', () => {
    expect(onward(weighing(8), { samples: scenes(60) })).toEqual([1, 1, 1, 1, 1, 0]);
    expect(onward(weighing(8), { samples: scenes(20, 40) })).toEqual([1, 0, 1, 1, 1, 0]);
    expect(onward(weighing(3), { samples: scenes(60) })).toEqual([0, 0, 0, 0, 0, 0]);
    // Nobody looked.
    expect(onward(weighing(8))).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0]);
    expect(onward(weighing(8, { frameRate: 0 }))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('are longer where filters look back beyond a cut, and a picture more that stands alone weighs much', () => {
    const late = (pictures: number) => ({
      joints: every(2, 60).map((joint) => ({ ...joint, size: pictures * 100, start: joint.keyframe + 200 })),
    });
    const lengths = (pictures: number) => {
      const samples = scenes(10, 10, 10, 10, 10, 10);
      const { chunks } = planTimeline(weighing(pictures, late(pictures)), { samples });
      return chunks.map(({ start }) => start);
    };
    expect(lengths(1)).toEqual([null, 10_200, 20_200, 30_200, 40_200, 50_200]);
    // Two seconds on, the scene goes on.
    expect(lengths(8)).toEqual([null, 12_200, 22_200, 32_200, 42_200, 52_200]);
  });

  it('know of a scene that may begin just before their end', () => {
    const cuts = (late: number, cut: Parameters<typeof planTimeline>[1] = {}) => {
      const joints = every(10, 60).map((joint) => ({ ...joint, start: joint.keyframe + late }));
      return planTimeline(weighing(1, { joints }), cut).chunks.map((chunk) => chunk.cut?.start ?? null);
    };
    expect(cuts(200, { samples: scenes(20, 40) })).toEqual([null, 20_000, null, null, null, null]);
    expect(cuts(0, { samples: scenes(20, 40) })).toEqual([null, null, null, null, null, null]);
    // Nobody looked.
    expect(cuts(200)).toEqual([10_000, 20_000, 30_000, 40_000, 50_000, null]);
    const late = (pictures: number) =>
      every(10, 60).map((joint) => ({ ...joint, start: joint.keyframe + 200, size: pictures * 100 }));
    const worths = [1, 1.5, 3].map(
      (pictures) => planTimeline(weighing(1, { joints: late(pictures) })).chunks[0]?.cut?.worth,
    );
    expect(worths).toEqual([0, expect.closeTo(0.424, 2), 1]);
  });

  it('are read on behind as far as a decoder and filters look', () => {
    const ends = (sights: Sights) => planTimeline(sights).chunks.map(({ bytes }) => bytes.to);
    expect(ends(weighing(8)).slice(0, 2)).toEqual([10_000 + 800 + 500, 20_000 + 800 + 500]);
    expect(ends(weighing(8)).at(-1)).toBeNull();
    expect(ends(weighing(8, { frameRate: 0 })).slice(0, 1)).toEqual([10_800]);
  });

  it('are one where there is nothing to gain, nowhere to cut, or no telling how long it is', () => {
    expect(starts({ duration: 20, joints: every(2, 20) })).toEqual([null]);
    expect(starts({ joints: [] })).toEqual([null]);
    expect(starts({ duration: 0, joints: every(2, 60) })).toEqual([null]);
  });
});

it('rounds time stamps as FFmpeg does', () => {
  const ntsc = { timeBase: { num: 1001, den: 30_000 }, origin: 0 };
  expect([0, 1, 2, 3].map((pts) => outputTicks(ntsc, pts))).toEqual([0, 4004, 8008, 12012]);
  const fine = { timeBase: { num: 1, den: 90_000 }, origin: 10 };
  expect([10, 11, 12, 13, 9, 8].map((pts) => outputTicks(fine, pts))).toEqual([0, 1, 3, 4, -1, -3]);
  const half = { timeBase: { num: 1, den: 240_000 }, origin: 0 };
  expect([1, -1, 3].map((pts) => outputTicks(half, pts))).toEqual([1, -1, 2]);
});
