import { expect } from 'vitest';
import { UNHEARD } from '../../adapters/ffmpeg/notes.ts';
import type { SourceFacts } from '../../core/media.ts';
import type { Enhanced } from '../../core/ports/index.ts';
import type { Expected } from './case.ts';
import { HEIGHT, SPOTS, WIDTH } from './chart.ts';
import { deltaE } from './delta-e.ts';
import {
  cornersIn,
  lengthOf,
  likenessOf,
  numbersIn,
  numbersOf,
  onsetOf,
  type Pictures,
  patchesIn,
  picturesOf,
  type Told,
  timesOf,
  told,
} from './look.ts';

/** CIEDE2000, where a case does not say: on average over the patches, and of the worst. */
const MEAN = 1;
const MOST = 5;
/** A millisecond, which is Matroska's tick, and what FFmpeg prints rounded. */
const TICK = 0.0011;
/** The last piece of sound is filled up: 1024 samples, at 8 kHz. */
const PIECE = 0.13;

/** Holds an output to what was expected of it; answers how far off its colours are on average. */
export async function judge(
  source: string,
  facts: SourceFacts,
  enhanced: Enhanced,
  expected: Expected,
): Promise<number | null> {
  const output = await told(enhanced.path);
  const [video] = output.streams;
  expect(enhanced.contentType).toBe('video/mp4');
  const { width = WIDTH, height = HEIGHT, sampleAspect = '1:1' } = expected;
  const { coded = { codec_name: 'h264', pix_fmt: 'yuv420p' } } = expected;
  expect(video).toMatchObject({ ...coded, width, height });
  for (const [name, value] of Object.entries(expected.tags ?? {})) expect(video?.[name], name).toBe(value);
  expect(video?.sample_aspect_ratio ?? '1:1').toBe(sampleAspect);
  expect(video?.field_order ?? 'progressive').toBe('progressive');
  const pictures = await picturesOf(enhanced.path);
  await judgeTimes(source, enhanced.path, pictures, expected, facts.video.frameRate);
  const { lasts } = expected;
  if (lasts !== undefined) {
    expect(Math.abs(Number(video?.duration) - lasts)).toBeLessThanOrEqual(TICK);
    expect(Math.abs(enhanced.durationSeconds - lasts)).toBeLessThanOrEqual(TICK);
  }
  judgeTracks(output, expected);
  if (expected.inStep !== false) await judgeStep(source, facts, enhanced.path, output, expected);
  for (const kind of expected.dropped ?? []) expect(facts.dropped.map((each) => each.kind)).toContain(kind);
  for (const present of expected.present ?? []) expect(JSON.stringify(output)).toContain(present);
  for (const absent of expected.absent ?? []) expect(JSON.stringify(output)).not.toContain(absent);
  if (expected.notes) expect(enhanced.notes?.join(' ')).toMatch(expected.notes);
  else expect(enhanced.notes).toBeUndefined();
  const middle = Math.floor(pictures.frames.length / 2);
  if (expected.corners !== null) expect(cornersIn(pictures, middle)).toBe(expected.corners ?? 'rgyb');
  if (expected.alike) expect(await likenessOf(enhanced.path, source)).toBeGreaterThan(expected.alike);
  return expected.colors === null ? null : judgeColors(pictures, middle, expected.colors ?? {});
}

/** As many pictures as there were, those that there were, and each at its time. */
async function judgeTimes(
  source: string,
  output: string,
  pictures: Pictures,
  expected: Expected,
  frameRate: number,
): Promise<void> {
  const [was, is] = [await timesOf(source), await timesOf(output)];
  const frames = expected.frames ?? expected.numbers?.length ?? was.length;
  expect(is).toHaveLength(frames);
  expect(pictures.frames).toHaveLength(frames);
  expect([...is].sort((a, b) => a - b)).toEqual(is);
  if (expected.numbers !== null) expect(numbersIn(pictures)).toEqual(expected.numbers ?? (await numbersOf(source)));
  if (expected.times === null) return;
  const times = expected.times ?? was.map((time) => time - (was[0] ?? 0));
  if (times.some(Number.isNaN)) return judgeEvenness(is, frameRate);
  const off = is.map((time, i) => Math.abs(time - (is[0] ?? 0) - (times[i] ?? Number.NaN)));
  expect(Math.max(...off)).toBeLessThanOrEqual(TICK);
}

/** Where a file does not say when each picture is shown (bare streams, AVI), they come one after the other. */
function judgeEvenness(times: number[], frameRate: number): void {
  for (const [i, time] of times.entries())
    expect(Math.abs(time - (times[0] ?? 0) - i / frameRate)).toBeLessThanOrEqual(TICK);
}

function judgeTracks(output: Told, expected: Expected): void {
  const of = (type: string) => output.streams.filter(({ codec_type }) => codec_type === type);
  const sounds = of('audio');
  for (const sound of sounds) expect(sound.codec_name).toBe('aac');
  if (expected.sounds) expect(sounds.map(({ channels }) => channels)).toEqual(expected.sounds);
  if (expected.languages) {
    const languages = sounds.map(({ tags }) => (tags?.language === 'und' ? undefined : tags?.language));
    expect(languages).toEqual(expected.languages);
  }
  const preferred = sounds.findIndex(({ disposition }) => disposition.default === 1);
  if (expected.defaultSound !== undefined) expect(preferred).toBe(expected.defaultSound);
  expect(of('subtitle').map(({ codec_name }) => codec_name)).toEqual(
    Array.from({ length: expected.subtitles ?? 0 }, () => 'mov_text'),
  );
  expect(output.chapters).toHaveLength(expected.chapters ?? 0);
  for (const [name, value] of Object.entries(expected.formatTags ?? {})) expect(output.format.tags?.[name]).toBe(value);
  // What is left is the track that an MP4 keeps the titles of chapters in.
  expect(of('data')).toHaveLength(expected.chapters ? 1 : 0);
}

/**
 * Holds what an FFmpeg without any H.264 wrote to what an AVI can hold: one sound, in step, pictures in order at a fixed
 * rate, and colours as players take them, who are not told.
 */
export async function judgeAvi(source: string, facts: SourceFacts, enhanced: Enhanced): Promise<void> {
  const output = await told(enhanced.path);
  expect(enhanced).toMatchObject({ contentType: 'video/x-msvideo', encoder: 'mpeg4' });
  expect(output.streams[0]).toMatchObject({
    codec_name: 'mpeg4',
    codec_tag_string: 'XVID',
    width: WIDTH,
    height: HEIGHT,
  });
  const pictures = await picturesOf(enhanced.path);
  expect(numbersIn(pictures)).toEqual(await numbersOf(source));
  expect(output.streams).toHaveLength(facts.audio ? 2 : 1);
  const sound = enhanced.notes?.includes(UNHEARD) ? null : facts.audio;
  const silence = Math.max(0, (sound?.start ?? 0) - facts.video.start);
  await judgeStep(source, { ...facts, sounds: sound ? [sound] : [] }, enhanced.path, output, {}, silence);
  expect(cornersIn(pictures, 0)).toBe('rgyb');
  judgeColors(pictures, Math.floor(pictures.frames.length / 2), { mean: 1.2 });
}

/**
 * Everything starts at 0, and what is heard stays as far from the pictures as it was, to within one of them. So much
 * silence may come before it.
 */
async function judgeStep(
  source: string,
  facts: SourceFacts,
  path: string,
  output: Told,
  { heard }: Expected,
  silence = 0,
): Promise<void> {
  expect(Math.abs(Number(output.format.start_time ?? 0))).toBeLessThanOrEqual(0.05);
  const picture = 1 / Math.max(10, facts.video.frameRate || 25);
  const [was = 0, is = 0] = [(await timesOf(source))[0], (await timesOf(path))[0]];
  for (const [i, sound] of facts.sounds.entries()) {
    const before = await onsetOf(source, i);
    const after = await onsetOf(path, i);
    expect(before, `sound ${sound.index} is never heard`).toBeDefined();
    const step = heard ?? (before ?? 0) - was;
    expect(Math.abs((after ?? Number.NaN) - is - step)).toBeLessThanOrEqual(picture);
    const off = (await lengthOf(path, i)) - silence - (await lengthOf(source, i));
    expect(Math.abs(off), `sound ${sound.index} has another length`).toBeLessThanOrEqual(picture + PIECE);
  }
}

function judgeColors(
  pictures: Pictures,
  frame: number,
  { mean = MEAN, most = MOST, patches }: NonNullable<Expected['colors']>,
): number {
  const shown = patchesIn(pictures, frame);
  const off = SPOTS.map(({ color }, i) => deltaE(patches ? patches(color) : color, shown[i] ?? [0, 0, 0]));
  const average = off.reduce((sum, each) => sum + each, 0) / off.length;
  expect(average).toBeLessThanOrEqual(mean);
  expect(Math.max(...off)).toBeLessThanOrEqual(most);
  return average;
}
