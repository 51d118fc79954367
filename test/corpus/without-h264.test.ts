import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ENCODERS } from '../../adapters/ffmpeg/encoders.ts';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { ffmpegTools } from '../../adapters/ffmpeg/tools.ts';
import { planFor } from '../../core/conform.ts';
import { silentLog } from '../../core/log.ts';
import { passthrough } from '../../core/profiles/passthrough.ts';
import { fileSource } from '../file-source.ts';
import { type Kitchen, kitchenIn } from './case.ts';
import { chartIn } from './chart.ts';
import { color } from './color.ts';
import { containers } from './containers.ts';
import { judgeAvi } from './judge.ts';
import { streams } from './streams.ts';
import { time } from './time.ts';

/* What becomes of a video where FFmpeg has no encoder of H.264 at all: MPEG-4 in an AVI, which is to be right, too. */

const NAMES = [
  'plain.mkv',
  'bt709.mp4',
  'full-range.mp4',
  'sound-late.mp4',
  'sound-last.ts',
  'surround.mp4',
  'seven.mkv',
  'telephone.3gp',
  'uneven.mkv',
  'plain.ts',
  'muted-one-of-two.mp4',
];
const cases = [...color, ...containers, ...streams, ...time].filter(({ name }) => NAMES.includes(name));

let folder = '';
let kitchen: Kitchen;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'avi-'));
  kitchen = kitchenIn(folder, await chartIn(folder));
});
afterAll(() => rm(folder, { recursive: true }));

it('has its cases', () => expect(cases.map(({ name }) => name).toSorted()).toEqual(NAMES.toSorted()));

it.each(cases)('$name: $about', async ({ name, make }) => {
  const path = join(folder, name);
  const made = make(kitchen, path);
  if (Array.isArray(made)) await kitchen.ffmpeg(...made, path);
  else await made;
  const source = await fileSource(path);
  const { signal } = new AbortController();
  const media = ffmpegTools({ ...findFfmpeg(), log: silentLog, encoders: ENCODERS.slice(-1) });
  const { facts } = await media.probe(source, signal);
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  const plan = planFor(passthrough, facts, null);
  await judgeAvi(path, facts, await media.enhance({ source, facts, plan, scratch, onProgress: () => {}, signal }));
});
