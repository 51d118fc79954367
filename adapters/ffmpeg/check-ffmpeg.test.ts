import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../core/log.ts';
import { makeClip } from '../../test/clips.ts';
import { fileSource } from '../../test/file-source.ts';
import { checkFfmpeg } from './check-ffmpeg.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { ffmpegTools } from './tools.ts';

const good = findFfmpeg();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-ffmpeg-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function script(name: string, lines: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${lines}\n`);
  await chmod(path, 0o755);
  return path;
}

it('takes one that runs', async () => {
  await checkFfmpeg(good);
});

describe('an FFmpeg that cannot run', () => {
  const cases = [
    [
      'a library of which is missing',
      'echo "libx264.so.164: cannot open shared object" >&2; exit 127',
      /code 127 .*libx/,
    ],
    ['that ends at once whatever it is given', 'exit 1', /ended with code 1$/],
    ['that is none', 'echo hello', /it is no ff/],
    ['that never stops talking', 'exec yes', /it is no ff/],
  ] as const;

  it.each(cases)('%s', async (name, lines, cause) => {
    const path = await script(name, lines);
    const broken = { code: 'ffmpeg_broken', retryable: true, cause: { message: expect.stringMatching(cause) } };
    await expect(checkFfmpeg({ ...good, ffmpeg: path })).rejects.toMatchObject({
      ...broken,
      message: expect.stringMatching(/^ffmpeg .*FFMPEG_PATH/),
    });
    await expect(checkFfmpeg({ ...good, ffprobe: path })).rejects.toMatchObject({
      ...broken,
      message: expect.stringMatching(/^ffprobe .*FFPROBE_PATH/),
    });
  });

  it('is to blame itself, and not a file that others can read', async () => {
    const source = await fileSource(await makeClip(folder, 'silent.mp4'));
    const { signal } = new AbortController();
    const { firstFrame } = ffmpegTools({ ...good, ffmpeg: await script('broken', 'exit 1'), log: silentLog });
    await expect(firstFrame(source, signal)).rejects.toMatchObject({ code: 'ffmpeg_broken', retryable: true });
    // Says who it is, but breaks on everything else.
    const ffprobe = await script('half', 'echo "{}"; exit 1');
    const { probe } = ffmpegTools({ ...good, ffprobe, log: silentLog });
    await expect(probe(source, signal)).rejects.toMatchObject({ code: 'ffmpeg_broken' });
  });
});
