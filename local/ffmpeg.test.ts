import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requireFfmpeg } from './ffmpeg.ts';
import { startPipeline } from './pipeline.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reelight-ffmpeg-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each(['FFMPEG_PATH', 'FFPROBE_PATH'])('%s that leads nowhere is said before anything is started', async (name) => {
  const said: string[] = [];
  const env = { ...process.env, REELIGHT_HOME: join(folder, 'home'), [name]: join(folder, 'nowhere') };
  await expect(startPipeline({ env, note: (line) => said.push(line) })).rejects.toMatchObject({
    code: 'missing_tool',
    message: expect.stringMatching(new RegExp(`^${name} is set, but there is no program at that path\\. Set it to`)),
  });
  expect(said).toEqual([]);
  expect(existsSync(join(folder, 'home'))).toBe(false);
});

it('says of a program that is not FFmpeg what it is', async () => {
  await expect(requireFfmpeg({ ...process.env, FFMPEG_PATH: process.execPath })).rejects.toMatchObject({
    code: 'missing_tool',
    message: expect.stringMatching(/^ffmpeg does not run as it should: .*FFMPEG_PATH.* .*node: it /),
  });
});

it('says nothing where there is one', async () => {
  await requireFfmpeg(process.env);
});
