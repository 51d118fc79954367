import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeVideo } from '../../core/describe-video.ts';
import { silentLog } from '../../core/log.ts';
import { MetadataDocument } from '../../core/metadata.ts';
import { receiveSource, type Video } from '../../core/video.ts';
import { aVideo } from '../../test/a-video.ts';
import { makeTurnedClip } from '../../test/clips.ts';
import { fileSource } from '../../test/file-source.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { ffmpegTools } from './tools.ts';

/* The whole document of real files, as FFmpeg writes them into every container that people have. */

const exec = promisify(execFile);
const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const { signal } = new AbortController();
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'describe-'));
});
afterAll(() => rm(folder, { recursive: true }));

const INPUTS = [
  ...['-f', 'lavfi', '-i', 'testsrc2=size=176x144:rate=25:duration=2'],
  ...['-f', 'lavfi', '-i', 'sine=frequency=440:duration=2'],
];
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus'];

async function made(name: string, options: string[]): Promise<string> {
  const path = join(folder, name);
  await exec(programs.ffmpeg, ['-v', 'error', '-y', ...INPUTS, ...options, path]);
  return path;
}

/** As a browser records: written in one go, so that nothing in it knows how long it got. */
async function streamed(name: string, options: string[]): Promise<string> {
  const args = ['-v', 'error', ...INPUTS, ...options, '-'];
  const { stdout } = await exec(programs.ffmpeg, args, { encoding: 'buffer', maxBuffer: 1e8 });
  const path = join(folder, name);
  await writeFile(path, stdout);
  return path;
}

async function documentOf(path: string): Promise<MetadataDocument> {
  const source = await fileSource(path);
  const object = { key: 'k', size: source.size, etag: '"e"', checksum: null };
  const video = receiveSource(aVideo({ filename: basename(path) }), object, new Date()) as Video;
  const document = describeVideo(video, await media.probe(source, signal), await media.firstFrame(source, signal));
  return MetadataDocument.parse(JSON.parse(JSON.stringify(document)));
}

it.each([
  ['plain.mp4', X264],
  ['plain.mov', X264],
  ['plain.mkv', X264],
  ['plain.webm', VP8],
  ['plain.ts', X264],
  ['plain.flv', X264],
  ['plain.avi', ['-c:v', 'mpeg4', '-c:a', 'libmp3lame']],
  ['plain.mpg', ['-c:v', 'mpeg2video', '-c:a', 'mp2']],
  ['plain.wmv', ['-c:v', 'wmv2', '-c:a', 'wmav2']],
  ['plain.ogv', ['-c:v', 'libtheora', '-c:a', 'libvorbis']],
  ['plain.3gp', ['-c:v', 'h263', '-c:a', 'aac']],
  ['plain.gif', ['-an']],
  ['fragments.mp4', [...X264, '-movflags', 'frag_keyframe+empty_moov']],
])('%s tells everything', async (name, options) => {
  const path = await made(name, options);
  const document = await documentOf(path);
  expect(document).toMatchObject({
    format: name.split('.')[1],
    resolution: { width: 176, height: 144 },
    rotation: 0,
    hdr: 'none',
    variable_frame_rate: false,
    file_size_bytes: (await readFile(path)).length,
  });
  expect(document.fps).toBeCloseTo(25, 0);
  expect(Math.abs(document.frame_count - 50)).toBeLessThanOrEqual(2);
  expect(document.duration_seconds).toBeCloseTo(2, 0);
  expect(document.bit_rate).toBeGreaterThan(10_000);
  expect(document.color_profile.average_color.g).toBeGreaterThan(80);
  expect(document.advanced.streams.length).toBe(name.endsWith('gif') ? 1 : 2);
  if (!name.endsWith('gif')) expect(document.audio).toMatchObject({ tracks: 1, channels: 1 });
});

describe('what nobody wrote down', () => {
  it.each([
    ['webm', [...VP8, '-f', 'webm']],
    ['mkv', [...X264, '-f', 'matroska']],
    ['mkv', [...X264, '-f', 'matroska', '-cluster_time_limit', '100']],
  ])('is the length of a recording: it is at its end (%s)', async (ending, options) => {
    const document = await documentOf(await streamed(`recorded.${ending}`, options));
    expect(document.advanced.format.duration).toBeUndefined();
    expect(document.duration_seconds).toBeCloseTo(2, 1);
    expect(Math.abs(document.frame_count - 50)).toBeLessThanOrEqual(2);
    expect(document.bit_rate).toBeGreaterThan(10_000);
  });

  it('is the length of a recording that was cut off', async () => {
    const path = await streamed('recorded.webm', [...VP8, '-f', 'webm']);
    const bytes = await readFile(path);
    const cut = join(folder, 'cut.webm');
    await writeFile(cut, bytes.subarray(0, Math.round(bytes.length * 0.6)));
    const { duration_seconds } = await documentOf(cut);
    expect(duration_seconds).toBeGreaterThan(0.8);
    expect(duration_seconds).toBeLessThan(1.6);
  });
});

it('tells how a phone held it, how uneven it is, and how many tracks it has', async () => {
  expect(await documentOf(await makeTurnedClip(folder))).toMatchObject({
    rotation: 270,
    resolution: { width: 120, height: 160 },
    display_aspect_ratio: '3:4',
  });
  const gaps = ['-vf', "select='not(between(mod(n,20),5,14))'", '-fps_mode', 'vfr', ...X264];
  const uneven = await documentOf(await made('uneven.mp4', gaps));
  expect(uneven).toMatchObject({ variable_frame_rate: true, frame_count: 25 });
  const languages = [
    '-metadata:s:a:0',
    'language=eng',
    '-metadata:s:a:1',
    'language=deu',
    '-disposition:a:1',
    'default',
  ];
  const two = ['-map', '0', '-map', '1', '-map', '1', '-disposition:a:0', '0', ...languages, ...X264];
  expect((await documentOf(await made('two.mkv', two))).audio).toMatchObject({ tracks: 2, language: 'deu' });
});

it('takes the first picture that can be decoded, not the first packet', async () => {
  const whole = await readFile(await made('whole.ts', [...X264, '-g', '25']));
  const path = join(folder, 'begun-late.ts');
  await writeFile(path, whole.subarray(188 * 200));
  const { color_profile, duration_seconds } = await documentOf(path);
  expect(color_profile.average_color.g).toBeGreaterThan(80);
  expect(duration_seconds).toBeLessThan(2);
});
