import { expect, it } from 'vitest';
import { BadInput, TransientError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import type { FrameMeasures } from '../core/measures.ts';
import type { MediaTools, SampledFrame, Stretch, Vision } from '../core/ports/index.ts';
import type { Profile } from '../core/profiles/profile.ts';
import { bytesSource } from '../test/file-source.ts';
import { plainFacts } from '../test/plain-facts.ts';
import { plainMeasures } from '../test/plain-measures.ts';
import { paperMedia } from '../test/twins.ts';
import { analyse, samplesFor } from './analyse.ts';

const never = new AbortController().signal;
const source = bytesSource(new Uint8Array(1));
const plain = plainMeasures();
const dark = { luma: { ...plain.luma, p50: 20 } };
const frame = (time: number): SampledFrame => ({ time, width: 1, height: 1, bgr: new Uint8Array(3) });

/** Media with a sample at each of these times. */
function mediaAt(times: number[], changes: Partial<MediaTools> = {}): MediaTools {
  const sample = async function* () {
    for (const time of times) yield frame(time);
  };
  return { ...paperMedia(), sample, ...changes };
}

/** Eyes that see this at this time. */
function eyes(seen: (time: number) => Partial<FrameMeasures>): Vision {
  return { measure: async ({ time }) => plainMeasures({ ...seen(time), time }), close: async () => {} };
}

const facts = (duration: number) => ({ ...plainFacts(), duration });
/** Lifts what is dark. */
const lifting: Profile = {
  name: 'lifting',
  summary: '',
  analyses: true,
  plan: ({ color }, analysis) => ({
    graph: (analysis?.scenes ?? [])
      .filter(({ measures }) => measures.every(({ luma }) => luma.p50 === 20))
      .map(({ start, end }) => `lift=${start}:${end}`)
      .join(','),
    color,
    findings: [],
  }),
};
const look = (media: MediaTools, vision: Vision, duration = 10) =>
  analyse({ media, vision, log: silentLog }, source, facts(duration), lifting, never);

it('looks at frames one after the other', async () => {
  let alive = 0;
  let most = 0;
  const sample = async function* () {
    for (let time = 0; time < 5; time++) {
      most = Math.max(most, ++alive);
      yield frame(time);
    }
  };
  const vision = eyes(() => ({}));
  const measure: Vision['measure'] = async (frame, signal) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    alive--;
    return vision.measure(frame, signal);
  };
  const { samples } = await look(mediaAt([], { sample }), { ...vision, measure });
  expect(samples).toBe(5);
  expect(most).toBe(1);
});

it('seeks cuts only between what needs different treatment, and takes the strongest', async () => {
  const sought: Stretch[] = [];
  const cuts: MediaTools['cuts'] = async (_, __, { from, to }) => {
    sought.push({ from, to });
    return [
      { time: 4.2, score: 9 },
      { time: 4.8, score: 40 },
    ];
  };
  const media = mediaAt([8, 1, 2, 3, 4, 5, 6, 7], { cuts });
  const { scenes } = await look(
    media,
    eyes((time) => (time > 4.5 ? dark : {})),
  );
  expect(sought).toEqual([{ from: 4, to: 5 }]);
  expect(scenes).toMatchObject([
    { start: 0, end: 4.8 },
    { start: 4.8, end: 10, begins: 'cut' },
  ]);
  expect(scenes[1]?.measures.map(({ time }) => time)).toEqual([5, 6, 7, 8]);
});

it('does not seek where both sides are treated alike', async () => {
  const cuts: MediaTools['cuts'] = async () => {
    throw new Error('for nothing');
  };
  const noisy = { noise: { fine: 9, coarse: 4, confidence: 1 } };
  const seen = eyes((time) => (time > 4.5 ? noisy : {}));
  const { scenes } = await look(mediaAt([1, 2, 3, 4, 5, 6, 7, 8], { cuts }), seen);
  expect(scenes).toMatchObject([{ begins: 'cut' }, { begins: 'gradual', start: 4.5 }]);
});

it('seeks where it matters that there is a cut, wherever it is', async () => {
  const wary: Profile = {
    ...lifting,
    plan: ({ color }, analysis) => ({
      graph: analysis?.scenes.every(({ begins }) => begins === 'cut') ? 'lift' : '',
      color,
      findings: [],
    }),
  };
  const cuts: MediaTools['cuts'] = async () => [{ time: 4.2, score: 9 }];
  const vision = eyes((time) => (time > 4.5 ? dark : {}));
  const ports = { media: mediaAt([1, 2, 3, 4, 5, 6, 7, 8], { cuts }), vision, log: silentLog };
  const { scenes } = await analyse(ports, source, facts(10), wary, never);
  expect(scenes[1]).toMatchObject({ start: 4.2, begins: 'cut' });
});

it('seeks in neighbouring stretches at once, and gives each boundary its own cut', async () => {
  const sought: Stretch[] = [];
  const cuts: MediaTools['cuts'] = async (_, __, stretch) => {
    sought.push({ ...stretch });
    return [
      { time: 2, score: 20 },
      { time: 3.5, score: 90 },
      { time: 4.5, score: 60 },
    ].filter(({ time }) => time > stretch.from && time <= stretch.to);
  };
  const seen = eyes((time) => (time >= 2 && time < 4 ? dark : {}));
  const { scenes } = await look(mediaAt([0, 1, 2, 3, 4, 5, 6], { cuts }), seen);
  expect(sought).toEqual([{ from: 1, to: 4 }]);
  expect(scenes.map(({ start }) => start)).toEqual([0, 2, 3.5]);
});

it('does not decode a long stretch in search of a cut', async () => {
  const cuts: MediaTools['cuts'] = async () => {
    throw new Error('too dear');
  };
  const seen = eyes((time) => (time > 50 ? dark : {}));
  const { scenes } = await look(mediaAt([0, 1, 80, 81], { cuts }), seen, 100);
  expect(scenes[1]).toMatchObject({ begins: 'gradual', start: 40.5 });
});

it('has the bars that every picture has, but for black ones', async () => {
  const bars = { top: 60, bottom: 60, left: 0, right: 0 };
  const seen = [
    { bars },
    { bars: { ...bars, top: 62, left: 9 } },
    { bars: { top: 200, bottom: 200, left: 300, right: 300 }, luma: { ...plain.luma, p99: 3 } },
  ];
  expect(
    (
      await look(
        mediaAt([0, 1, 2]),
        eyes((time) => seen[time] ?? {}),
      )
    ).bars,
  ).toEqual(bars);
});

it('leaves out a frame that cannot be measured', async () => {
  const measure: Vision['measure'] = async ({ time }) => {
    if (time === 1) throw new TransientError('vision_failed', 'no');
    return plainMeasures({ time });
  };
  const { samples } = await look(mediaAt([0, 1, 2]), { measure, close: async () => {} });
  expect(samples).toBe(2);
});

it('refuses a video without a picture, and does not blame it for our own failure', async () => {
  const failing: Vision = {
    measure: async () => {
      throw new TransientError('vision_failed', 'no');
    },
    close: async () => {},
  };
  await expect(look(mediaAt([]), failing)).rejects.toBeInstanceOf(BadInput);
  await expect(look(mediaAt([0]), failing)).rejects.toMatchObject({ code: 'vision_failed' });
});

it('looks at fields one by one, and at light as it will be', async () => {
  const graphs: string[] = [];
  const sample: MediaTools['sample'] = async function* (_, __, { graph }) {
    graphs.push(graph);
    yield frame(0);
  };
  const interlacing: MediaTools['interlacing'] = async () => ({ order: 'tff', confidence: 1 });
  await look(
    mediaAt([], { sample, interlacing }),
    eyes(() => ({})),
  );
  expect(graphs[0]).toMatch(/^estdif/);
  expect(graphs[0]).not.toContain('bwdif');
});

it('takes more samples of a longer video, within limits', () => {
  expect([0, 1, 30, 60, 600, 7200].map(samplesFor)).toEqual([24, 4, 12, 24, 120, 120]);
});
