import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { classic } from '../../core/profiles/classic.ts';
import { realClips, testPython } from '../python.ts';

/*
 * The profile "classic" against OpenCV, on real clips, sample by sample, up to the last step before 4:2:0. Holds for
 * FFmpeg 5.1 to 9.0 and OpenCV 5.0 with its own decoder; the clips are untagged, which both take for BT.601.
 */

const exec = promisify(execFile);
const REFERENCE = join(import.meta.dirname, 'classic_reference.py');
const UNTAGGED = { matrix: null, primaries: null, transfer: null, range: null };
let folder = '';
let clips = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classic-'));
  clips = await realClips();
});
afterAll(() => rm(folder, { recursive: true }));

/** FFmpeg's frames after this filter, packed 8-bit BGR. */
async function frames(clip: string, count: number, graph: string, threads: number): Promise<Buffer> {
  const path = join(folder, 'ffmpeg.bgr');
  const filter = ['-filter_threads', String(threads), '-vf', graph, '-fps_mode', 'passthrough'];
  const args = ['-v', 'error', '-y', '-i', clip, ...filter, '-frames:v', String(count), '-f', 'rawvideo', path];
  await exec(findFfmpeg().ffmpeg, args);
  return readFile(path);
}

function differing(a: Buffer, b: Buffer): number {
  expect(a.length).toBe(b.length);
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++;
  return count;
}

it.each([
  { clip: 'bikes.mp4', width: 640, height: 272, count: 25, threads: 1 },
  { clip: 'bigbuckbunny.mp4', width: 1280, height: 720, count: 8, threads: 3 },
  { clip: 'carphone_pristine.mp4', width: 176, height: 144, count: 60, threads: 2 },
])('equals OpenCV on $count frames of $clip', async ({ clip, width, height, count, threads }) => {
  const [path, decoded, expected] = [join(clips, clip), join(folder, 'decoded'), join(folder, 'expected')];
  await exec(testPython, [REFERENCE, path, String(count), decoded, expected]);
  const reference = await readFile(expected);
  expect(reference.length).toBe(width * height * 3 * count);

  const { graph } = classic.plan({ width, height, color: UNTAGGED, bitDepth: 8 }, null);
  const filtered = graph.slice(0, graph.lastIndexOf(',scale='));
  expect(differing(await frames(path, count, 'scale=flags=bicubic,format=bgr24', 1), await readFile(decoded))).toBe(0);
  expect(differing(await frames(path, count, filtered, threads), reference)).toBe(0);
  // Not because nothing happens to the picture.
  expect(differing(reference, await readFile(decoded))).toBeGreaterThan(reference.length / 2);
});
