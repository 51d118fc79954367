import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../adapters/ffmpeg/find-ffmpeg.ts';
import { BITS, CORNERS, HEIGHT, type Rgb, SPOTS, WIDTH } from './chart.ts';

/*
 * What a file shows and tells, asked of FFmpeg without any of the product's code.
 */

const exec = promisify(execFile);
const MUCH = { maxBuffer: 1 << 30, timeout: 60_000 };

type Stream = Record<string, unknown> & {
  codec_type: string;
  tags?: Record<string, string>;
  disposition: Record<string, number>;
};

export interface Told {
  format: { duration?: string; start_time?: string; tags?: Record<string, string> };
  streams: Stream[];
  chapters: unknown[];
}

/** ffprobe's JSON, where it looks on for a minute until it has seen a picture. */
export async function told(path: string): Promise<Told> {
  const show = ['-analyzeduration', '60000000', '-show_format', '-show_streams', '-show_chapters'];
  const { stdout } = await exec(findFfmpeg().ffprobe, ['-v', 'error', ...show, '-of', 'json', path], MUCH);
  return JSON.parse(stdout);
}

/** When each picture is shown, in seconds, as a decoder gives them out. */
export async function timesOf(path: string): Promise<number[]> {
  const show = ['-select_streams', 'V:0', '-show_entries', 'frame=best_effort_timestamp_time', '-of', 'csv=p=0'];
  const { stdout } = await exec(findFfmpeg().ffprobe, ['-v', 'quiet', ...show, path], MUCH);
  return stdout.trim().split('\n').filter(Boolean).map(Number.parseFloat);
}

/** When a sound of this file begins to be heard, in seconds; undefined when never. */
export async function onsetOf(path: string, sound: number): Promise<number | undefined> {
  const args = ['-nostdin', '-hide_banner', '-copyts', '-i', path, '-map', `0:a:${sound}`];
  const detect = ['-af', 'asetpts=PTS,silencedetect=noise=-30dB:duration=0.05', '-f', 'null', '-'];
  const { stderr } = await exec(findFfmpeg().ffmpeg, [...args, ...detect], MUCH);
  const onset = /silence_end: (-?[\d.]+)/.exec(stderr)?.[1];
  return onset === undefined ? undefined : Number(onset);
}

/** How long a sound of this file is, from the first to the end of the last of its decoded samples, in seconds. */
export async function lengthOf(path: string, sound: number): Promise<number> {
  const show = ['-select_streams', `a:${sound}`, '-show_entries', 'frame=best_effort_timestamp_time,nb_samples'];
  const rate = ['-show_entries', 'stream=sample_rate'];
  const { stdout } = await exec(findFfmpeg().ffprobe, ['-v', 'quiet', ...show, ...rate, '-of', 'json', path], MUCH);
  const { frames, streams } = JSON.parse(stdout);
  const times: number[] = frames.map((frame: { best_effort_timestamp_time?: string }) =>
    Number(frame.best_effort_timestamp_time),
  );
  const last = times.findLastIndex(Number.isFinite);
  const samples = frames
    .slice(last)
    .reduce((sum: number, { nb_samples }: { nb_samples: number }) => sum + nb_samples, 0);
  return (times[last] ?? 0) - (times.find(Number.isFinite) ?? 0) + samples / Number(streams[0].sample_rate);
}

export interface Pictures {
  width: number;
  height: number;
  /** Packed RGB each. */
  frames: Uint8Array[];
}

/** All pictures as shown, by the file's own tags; without, by BT.601, which is what the corpus is written in then. */
export async function picturesOf(path: string): Promise<Pictures> {
  const stream = (await told(path)).streams.find(({ codec_type }) => codec_type === 'video') ?? {};
  const { color_space: matrix = 'smpte170m', color_range: range = 'tv' } = stream as Record<string, string>;
  const graph = `zscale=min=${matrix}:rin=${range}:m=gbr:r=full:d=none,format=gbrp`;
  const output = [
    '-map',
    '0:V:0',
    '-vf',
    graph,
    '-fps_mode',
    'passthrough',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-',
  ];
  const { stdout } = await exec(findFfmpeg().ffmpeg, ['-nostdin', '-v', 'error', '-i', path, ...output], {
    ...MUCH,
    encoding: 'buffer',
  });
  const { width, height } = stream as Record<string, number>;
  return cut(stdout, width ?? 0, height ?? 0);
}

/** PSNR of all samples of one file's pictures, one after the other, against those of another; in dB. */
export async function likenessOf(path: string, other: string): Promise<number> {
  const compare = '[0:V:0]settb=1/25,setpts=N[a];[1:V:0]settb=1/25,setpts=N[b];[a][b]psnr';
  const args = ['-nostdin', '-hide_banner', '-i', path, '-i', other, '-lavfi', compare, '-f', 'null', '-'];
  const { stderr } = await exec(findFfmpeg().ffmpeg, args, MUCH);
  return Number(/PSNR .* average:(\S+)/.exec(stderr)?.[1]);
}

/** The numbers of all pictures of a source, decoded in the plainest way. */
export async function numbersOf(path: string): Promise<number[]> {
  const output = ['-map', '0:V:0', '-vf', `scale=${WIDTH}:${HEIGHT}`, '-fps_mode', 'passthrough', '-f', 'rawvideo'];
  const args = ['-nostdin', '-v', 'quiet', '-i', path, ...output, '-pix_fmt', 'rgb24', '-'];
  const { stdout } = await exec(findFfmpeg().ffmpeg, args, { ...MUCH, encoding: 'buffer' });
  return numbersIn(cut(stdout, WIDTH, HEIGHT));
}

function cut(bytes: Buffer, width: number, height: number): Pictures {
  const size = width * height * 3;
  const count = size > 0 ? Math.floor(bytes.length / size) : 0;
  return {
    ...{ width, height },
    frames: Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
  };
}

/** The number that each picture shows. */
export function numbersIn(pictures: Pictures): number[] {
  return pictures.frames.map((_, i) =>
    BITS.reduce((number, { x, y }) => number * 2 + (mean(at(pictures, i, x, y)) > 128 ? 1 : 0), 0),
  );
}

/** The colour of each of the chart's patches, in this picture. */
export function patchesIn(pictures: Pictures, frame: number): Rgb[] {
  return SPOTS.map(({ x, y }) => at(pictures, frame, x, y));
}

/** Which colours its corners have, clockwise from the top left: `rgyb` for the chart as it is. */
export function cornersIn(pictures: Pictures, frame: number): string {
  const { width, height } = pictures;
  const corners = [
    [14, 10],
    [width - 14, 10],
    [width - 14, height - 10],
    [14, height - 10],
  ] as const;
  return corners.map(([x, y]) => nearest(around(pictures, frame, x, y))).join('');
}

function nearest(color: Rgb): string {
  const far = CORNERS.map((corner) =>
    corner.color.reduce((sum, value, i) => sum + Math.abs(value - (color[i] ?? 0)), 0),
  );
  return 'rgyb'[far.indexOf(Math.min(...far))] ?? '';
}

/** A place of the chart, in a picture that may have another size. */
function at(pictures: Pictures, frame: number, x: number, y: number): Rgb {
  return around(pictures, frame, Math.round((x * pictures.width) / WIDTH), Math.round((y * pictures.height) / HEIGHT));
}

/** The mean of 5 by 5 pixels. */
function around({ width, height, frames }: Pictures, frame: number, x: number, y: number): Rgb {
  const rgb = frames[frame] ?? new Uint8Array();
  const sums = [0, 0, 0];
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) {
      const pixel = (clamp(y + dy, height) * width + clamp(x + dx, width)) * 3;
      for (const channel of [0, 1, 2]) sums[channel] = (sums[channel] ?? 0) + (rgb[pixel + channel] ?? 0);
    }
  }
  const [r = 0, g = 0, b = 0] = sums;
  return [r / 25, g / 25, b / 25];
}

function clamp(value: number, size: number): number {
  return Math.min(size - 1, Math.max(0, value));
}

function mean([r, g, b]: Rgb): number {
  return (r + g + b) / 3;
}
