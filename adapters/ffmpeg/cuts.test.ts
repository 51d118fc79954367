import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { silentLog } from '../../core/log.ts';
import { adaptive } from '../../core/profiles/adaptive.ts';
import { analyse } from '../../pipeline/analyse.ts';
import { fileSource } from '../../test/file-source.ts';
import { openCvVision } from '../opencv/vision.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { ffmpegTools } from './tools.ts';

// Programs and a large WASM start here, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CLIP = resolve(import.meta.dirname, '..', '..', 'examples', 'big-buck-bunny.mp4');
const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const vision = openCvVision();
const never = new AbortController().signal;
let folder = '';
let threeScenes = '';

/** A real clip three times over: dark, as it is, washed out. Cuts after 38 and 75 pictures of 25 a second. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cuts-'));
  threeScenes = join(folder, 'three.mp4');
  const graph = [
    '[0:v]scale=480:-2,split=3[a][b][c]',
    "[a]trim=end_frame=38,lutyuv=y='16+(val-16)*0.35',setpts=PTS-STARTPTS[dark]",
    '[b]trim=start_frame=40:end_frame=77,setpts=PTS-STARTPTS[plain]',
    "[c]trim=start_frame=80:end_frame=120,lutyuv=y='110+val*0.35',setpts=PTS-STARTPTS[pale]",
    '[dark][plain][pale]concat=n=3[out]',
  ].join(';');
  const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-an'];
  execFileSync(programs.ffmpeg, [
    '-v',
    'error',
    '-i',
    CLIP,
    '-filter_complex',
    graph,
    '-map',
    '[out]',
    ...x264,
    threeScenes,
  ]);
});
afterAll(async () => {
  await vision.close();
  rmSync(folder, { recursive: true });
});

it('finds hard cuts, to the picture, and only those in the stretch', async () => {
  const source = await fileSource(threeScenes);
  const { facts } = await media.probe(source, never);
  const timesIn = async (from: number, to: number) =>
    (await media.cuts(source, facts, { from, to }, never)).map(({ time }) => Math.round(time * 25));
  expect(await timesIn(0, 4.5)).toEqual([38, 75]);
  expect(await timesIn(1, 2)).toEqual([38]);
  expect(await timesIn(1.52, 2.9)).toEqual([]);
  expect(await timesIn(2, 3)).toEqual([75]);
});

it('is how an analysis finds scenes that need different treatment, exactly', async () => {
  const source = await fileSource(threeScenes);
  const { facts } = await media.probe(source, never);
  const { scenes, interlacing } = await analyse({ media, vision, log: silentLog }, source, facts, adaptive, never);
  expect(scenes.map(({ start }) => Math.round(start * 25))).toEqual([0, 38, 75]);
  expect(scenes.map(({ begins }) => begins)).toEqual(['cut', 'cut', 'cut']);
  expect(scenes.at(-1)?.end).toBeCloseTo(4.6, 2);
  const [dark, plain, pale] = scenes.map(({ measures }) => measures[0]);
  expect(dark?.luma.p50).toBeLessThan((plain?.luma.p50 ?? 0) / 2);
  expect(pale?.luma.p01).toBeGreaterThan((plain?.luma.p01 ?? 0) + 80);
  expect(interlacing.order).toBe('progressive');
});
