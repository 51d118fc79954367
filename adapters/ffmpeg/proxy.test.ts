import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conform } from '../../core/conform.ts';
import { silentLog } from '../../core/log.ts';
import { wayToShow } from '../../core/playable.ts';
import type { Playable, PlayableJob } from '../../core/ports/index.ts';
import { type Clip, inspect, makeClip, timesIn } from '../../test/clips.ts';
import { fileSource } from '../../test/file-source.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { ffmpegTools } from './tools.ts';

const exec = promisify(execFile);
const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const { signal } = new AbortController();
let folder = '';
let scratch = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  scratch = join(folder, 'scratch');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch);
});

const clip = (name: Clip) => makeClip(folder, name);

async function jobFor(path: string) {
  const source = await fileSource(path);
  const probe = await media.probe(source, signal);
  const { graph, picture } = conform(probe.facts, null);
  const plan = { graph, color: picture.color, findings: [] };
  return { probe, job: { source, facts: probe.facts, plan, scratch, onProgress: () => {}, signal } };
}

async function make(path: string, way: PlayableJob['way']): Promise<Playable> {
  return media.makePlayable({ ...(await jobFor(path)).job, way });
}

/** What browsers are given of the file that was made. */
async function wayOfResult({ path }: Playable) {
  return wayToShow(await media.probe(await fileSource(path), signal), 'video/mp4', null);
}

describe('a proxy', () => {
  it.each(['ten-bit.mkv', 'web.webm', 'old.avi', 'anim.gif', 'odd.mp4'] as const)(
    'of %s plays in every browser',
    async (name) => {
      const made = await make(await clip(name), { way: 'proxy' });
      expect(made.way).toBe('proxy');
      expect(await wayOfResult(made)).toEqual({ way: 'original', contentType: 'video/mp4' });
    },
  );

  it('shows each picture when the enhanced video does', async () => {
    const path = await clip('uneven.mkv');
    const { job } = await jobFor(path);
    const enhanced = await media.enhance(job);
    const times = await timesIn(enhanced.path);
    const light = await media.makePlayable({ ...job, way: { way: 'proxy' } });
    expect(await timesIn(light.path)).toEqual(times);
    expect(times.length).toBe(15);
  });

  it('of HDR is in the colours that every screen has', async () => {
    const path = join(folder, 'hdr.mp4');
    const tags = 'format=yuv420p10le,setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc';
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=1600x900:rate=25:duration=0.2', '-vf', tags];
    const encoding = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error', '-tag:v', 'hvc1'];
    await exec(programs.ffmpeg, ['-v', 'error', '-y', ...picture, ...encoding, path]);
    const made = await make(path, { way: 'proxy' });
    expect(await wayOfResult(made)).toEqual({ way: 'original', contentType: 'video/mp4' });
    const [stream] = (await inspect(made.path)).streams;
    expect(stream).toMatchObject({ width: 1280, height: 720, pix_fmt: 'yuv420p', color_transfer: 'bt709' });
  });

  it('is no larger than it need be', async () => {
    const path = join(folder, 'large.mkv');
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=1080x1920:rate=25:duration=0.2'];
    await exec(programs.ffmpeg, ['-v', 'error', '-y', ...picture, '-c:v', 'mpeg4', '-q:v', '2', path]);
    const made = await make(path, { way: 'proxy' });
    const [stream] = (await inspect(made.path)).streams;
    expect(stream).toMatchObject({ codec_name: 'h264', width: 720, height: 1280 });
  });
});

describe('what is rewrapped', () => {
  it.each(['stream.ts', 'located.mp4', 'surround.mp4'] as const)('plays in every browser: %s', async (name) => {
    const path = await clip(name);
    const made = await make(path, { way: 'rewrapped', sound: 'copy' });
    expect(made.way).toBe('rewrapped');
    expect(await wayOfResult(made)).toEqual({ way: 'original', contentType: 'video/mp4' });
  });

  it('keeps the pictures and their times, and tells nothing else', async () => {
    const path = await clip('located.mp4');
    const made = await make(path, { way: 'rewrapped', sound: 'copy' });
    expect(await timesIn(made.path)).toEqual(await timesIn(path));
    const { format } = await inspect(made.path);
    expect(Object.keys(format.tags)).not.toContain('location');
    expect(format.tags.title).toBeUndefined();
  });

  it('gets a sound that everybody can hear', async () => {
    const path = join(folder, 'ac3.mkv');
    const copied = ['-i', await clip('plain.mp4'), '-c:v', 'copy', '-c:a', 'ac3', path];
    await exec(programs.ffmpeg, ['-v', 'error', '-y', ...copied]);
    const { probe } = await jobFor(path);
    const way = wayToShow(probe, 'video/x-matroska', null);
    expect(way).toEqual({ way: 'rewrapped', sound: 'encode' });
    if (way.way === 'original') throw new Error('not to be made');
    const { streams } = await inspect((await make(path, way)).path);
    expect(streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'aac']);
  });

  it('becomes a proxy where an MP4 cannot hold it', async () => {
    const made = await make(await clip('web.webm'), { way: 'rewrapped', sound: 'copy' });
    expect(made.way).toBe('proxy');
    expect(await wayOfResult(made)).toEqual({ way: 'original', contentType: 'video/mp4' });
  });
});
