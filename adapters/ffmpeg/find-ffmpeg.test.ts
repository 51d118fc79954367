import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFfmpeg } from './find-ffmpeg.ts';

let folder = '';
const at = (...path: string[]) => join(folder, ...path);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-ffmpeg-'));
  for (const [place, names] of Object.entries({ both: ['ffmpeg', 'ffprobe'], one: ['ffmpeg'], other: ['ffprobe'] })) {
    await mkdir(at(place));
    for (const name of names) {
      await writeFile(at(place, name), '');
      await chmod(at(place, name), 0o755);
    }
  }
  await writeFile(at('other', 'ffmpeg'), 'not to be executed');
});
afterAll(() => rm(folder, { recursive: true }));

it('finds both on the PATH', () => {
  expect(findFfmpeg({ PATH: at('both') })).toEqual({ ffmpeg: at('both', 'ffmpeg'), ffprobe: at('both', 'ffprobe') });
});

it('prefers what is set, and the ffprobe beside it', () => {
  const env = { PATH: `${at('one')}:${at('other')}`, FFMPEG_PATH: at('both', 'ffmpeg') };
  expect(findFfmpeg(env)).toEqual({ ffmpeg: at('both', 'ffmpeg'), ffprobe: at('both', 'ffprobe') });
  const probe = { ...env, FFPROBE_PATH: at('other', 'ffprobe') };
  expect(findFfmpeg(probe).ffprobe).toBe(at('other', 'ffprobe'));
});

it('looks for ffprobe on the PATH when it is not beside FFmpeg', () => {
  expect(findFfmpeg({ PATH: `${at('one')}:${at('other')}` }).ffprobe).toBe(at('other', 'ffprobe'));
});

it('says what is missing', () => {
  expect(() => findFfmpeg({ PATH: at('one') })).toThrow(/ffprobe was not found.*FFPROBE_PATH/);
  expect(() => findFfmpeg({ PATH: at('both'), FFMPEG_PATH: at('nowhere') })).toThrow(/FFMPEG_PATH is set/);
  expect(() => findFfmpeg({ PATH: at('both'), FFPROBE_PATH: at('nowhere') })).toThrow(
    expect.objectContaining({ code: 'ffprobe_missing' }),
  );
});
