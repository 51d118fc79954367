import { spawnSync } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { testPython } from '../../test/python.ts';
import { ffmpegRun } from './ffmpeg.ts';

export interface Pair {
  label: string;
  before: string;
  after: string;
}

/** The picture in the middle of a clip. */
export async function picture(ffmpeg: string, clip: string, path: string, at: number): Promise<string> {
  await ffmpegRun(ffmpeg, ['-i', clip, '-vf', `select='eq(n,${at})'`, '-frames:v', '1', path]);
  return path;
}

/** In 256 colours, so that it is no larger than a page can bear. */
export async function contactSheet(ffmpeg: string, pairs: Pair[], path: string): Promise<void> {
  const script = join(import.meta.dirname, 'contact_sheet.py');
  const { status, stderr } = spawnSync(testPython, [script, path], { input: JSON.stringify(pairs) });
  if (status !== 0) throw new Error(`The contact sheet could not be made: ${stderr}`);
  const small = `${path}.small.png`;
  const palette = '[0:v]split[a][b];[a]palettegen=stats_mode=full[p];[b][p]paletteuse=dither=sierra2_4a';
  await ffmpegRun(ffmpeg, ['-i', path, '-lavfi', palette, '-compression_level', '9', small]);
  await rename(small, path);
}
