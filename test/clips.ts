import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../adapters/ffmpeg/find-ffmpeg.ts';

const exec = promisify(execFile);

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25:duration=1'];
const BARS = ['-f', 'lavfi', '-i', 'smptebars=size=160x120:rate=25:duration=1'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=1'];
const BT709 = 'setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709';
const LOSSLESS = ['-c:v', 'libx264', '-qp', '0', '-pix_fmt', 'yuv420p'];
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

/** What people upload, one oddity each, a second long: FFmpeg's arguments, by file name. */
const RECIPES = {
  'plain.mp4': [...PICTURE, ...SOUND, ...X264, '-c:a', 'aac', '-shortest'],
  'header-first.mp4': [...PICTURE, ...SOUND, ...X264, '-c:a', 'aac', '-shortest', '-movflags', '+faststart'],
  'silent.mp4': [...PICTURE, ...X264],
  'odd.mp4': [...PICTURE, '-vf', 'crop=101:75:0:0:exact=1', '-c:v', 'mpeg4', '-q:v', '3'],
  'sound-only.m4a': [...SOUND, '-c:a', 'aac'],
  'cover.mp4': [
    ...[...SOUND, '-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=1:duration=1', '-map', '0', '-map', '1'],
    ...['-c:a', 'aac', '-c:v', 'mjpeg', '-disposition:v:0', 'attached_pic', '-frames:v', '1'],
  ],
  'ten-bit.mkv': [...PICTURE, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le'],
  'stream.ts': [...PICTURE, ...SOUND, ...X264, '-c:a', 'aac'],
  'old.avi': [...PICTURE, ...SOUND, '-c:v', 'mpeg4', '-c:a', 'ac3'],
  'web.webm': [...PICTURE, ...SOUND, '-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus'],
  'unknown-length.webm': [...PICTURE, '-c:v', 'libvpx', '-deadline', 'realtime', '-live', '1'],
  'anim.gif': PICTURE,
  'uneven.mkv': [
    ...PICTURE,
    '-vf',
    `select='not(between(n,5,14))',setpts=PTS+random(0)*0.01/TB`,
    ...X264,
    '-fps_mode',
    'vfr',
  ],
  'surround.mp4': [...PICTURE, ...SOUND, ...X264, '-c:a', 'aac', '-ac', '6', '-shortest'],
  'bars.mp4': [...BARS, ...LOSSLESS],
  'bt709.mp4': [...[...BARS, '-vf', `format=gbrp,scale=out_color_matrix=bt709,${BT709}`, ...LOSSLESS]],
  'full-range.mp4': [...BARS, '-vf', 'scale=out_range=pc,format=yuvj420p', '-c:v', 'libx264', '-qp', '0'],
  'located.mp4': [...PICTURE, ...X264, '-metadata', 'location=+52.5+013.4/', '-metadata', 'title=Garden'],
} satisfies Record<string, string[]>;
export type Clip = keyof typeof RECIPES;

/** Makes the clip in the folder and answers its path. */
export async function makeClip(folder: string, name: Clip): Promise<string> {
  const path = join(folder, name);
  await exec(findFfmpeg().ffmpeg, ['-v', 'error', '-y', ...RECIPES[name], path]);
  return path;
}

/** The clip with a display matrix that turns it a quarter counter-clockwise, as phones write it. */
export async function makeTurnedClip(folder: string): Promise<string> {
  const path = join(folder, 'turned.mp4');
  const plain = await makeClip(folder, 'silent.mp4');
  // FFmpeg 6 moved the option from the output's metadata to the input.
  const before = ['-v', 'error', '-y', '-display_rotation', '90', '-i', plain, '-c', 'copy', path];
  const after = ['-v', 'error', '-y', '-i', plain, '-c', 'copy', '-metadata:s:v', 'rotate=90', path];
  const { ffmpeg } = findFfmpeg();
  await exec(ffmpeg, before).catch(() => exec(ffmpeg, after));
  return path;
}

/** ffprobe's JSON of a file. */
export async function inspect(path: string) {
  const args = ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', path];
  const { stdout } = await exec(findFfmpeg().ffprobe, args);
  return JSON.parse(stdout) as {
    format: { duration: string; tags: Record<string, string> };
    streams: Record<string, string | number | undefined>[];
  };
}

/** When each picture of a file is shown, in seconds, in order. */
export async function timesIn(path: string): Promise<number[]> {
  const args = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path];
  const { stdout } = await exec(findFfmpeg().ffprobe, args);
  return stdout
    .trim()
    .split('\n')
    .map(Number.parseFloat)
    .sort((a, b) => a - b);
}
