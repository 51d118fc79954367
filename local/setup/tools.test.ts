import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findChromium, findFfmpeg, findProgram } from './tools.mjs';

let folder: string;
const program = (...path: string[]) => {
  const at = join(folder, ...path);
  mkdirSync(join(at, '..'), { recursive: true });
  writeFileSync(at, '');
  chmodSync(at, 0o755);
  return at;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reelight-tools-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('finds the first program of that name, not a folder or a file that cannot be run', () => {
  mkdirSync(join(folder, 'a', 'tool'), { recursive: true });
  chmodSync(program('b', 'tool'), 0o644);
  const third = program('c', 'tool');
  const path = ['a', 'b', 'c'].map((name) => join(folder, name)).join(':');
  expect(findProgram('tool', { path, after: [] })).toBe(third);
  expect(findProgram('another', { path, after: [] })).toBeUndefined();
});

it('takes FFMPEG_PATH before the PATH, and the ffprobe beside it', () => {
  program('path', 'ffmpeg');
  program('path', 'ffprobe');
  const [ffmpeg, ffprobe] = [program('own', 'ffmpeg'), program('own', 'ffprobe')];
  expect(findFfmpeg({ PATH: join(folder, 'path'), FFMPEG_PATH: ffmpeg })).toEqual({ ffmpeg, ffprobe });
});

it('takes CHROMIUM_PATH before the PATH, and there the name that comes first', () => {
  const [chrome, chromium] = [program('path', 'google-chrome'), program('path', 'chromium')];
  expect(findChromium({ PATH: join(folder, 'path') })).toBe(chromium);
  expect(findChromium({ PATH: join(folder, 'path'), CHROMIUM_PATH: chrome })).toBe(chrome);
});
