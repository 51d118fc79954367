import { TransientError } from '../../core/errors.ts';
import { runForOutput } from './run.ts';

/** A way to write the output, by an encoder that an FFmpeg may have. */
export interface Encoder {
  /** FFmpeg's name of it. */
  name: string;
  container: 'mp4' | 'avi';
  /** What has to come out of it in an MP4: H.264 in 8 bits unless said. */
  coded?: Coded;
  /** Options before the input. */
  setup?: string[];
  /** Filters after the plan's: where the encoder takes no pictures in main memory. */
  upload?: string;
  /** Output options for a picture of so many pixels. */
  options(pixels: number): string[];
}

/** FFmpeg's name of a codec, and of the pixel formats that it may show. */
export interface Coded {
  codec: string;
  pixelFormats: readonly string[];
}

export const PLAIN_H264: Coded = { codec: 'h264', pixelFormats: ['yuv420p', 'nv12'] };

/** About what x264 spends at CRF 23 on moving pictures: for encoders that know bit rates only. */
const bitRate = (pixels: number) => ['-b:v', String(Math.round(Math.max(500_000, pixels * 4)))];

/**
 * H.264 that every browser plays, best first; x264 gives the most for its bits. After these MPEG-4 Part 2, which every
 * FFmpeg can write: as the "XVID" of AVI files, it plays at least in players.
 */
export const ENCODERS: readonly Encoder[] = [
  {
    name: 'libx264',
    container: 'mp4',
    options: () => ['-preset', 'medium', '-crf', '23', '-profile:v', 'high', '-pix_fmt', 'yuv420p'],
  },
  { name: 'libopenh264', container: 'mp4', options: (pixels) => [...bitRate(pixels), '-pix_fmt', 'yuv420p'] },
  {
    name: 'h264_nvenc',
    container: 'mp4',
    options: () => ['-rc', 'vbr', '-cq', '23', '-b:v', '0', '-profile:v', 'high', '-pix_fmt', 'yuv420p'],
  },
  { name: 'h264_qsv', container: 'mp4', options: () => ['-global_quality', '23', '-pix_fmt', 'nv12'] },
  {
    name: 'h264_vaapi',
    container: 'mp4',
    setup: ['-vaapi_device', '/dev/dri/renderD128'],
    upload: 'format=nv12,hwupload',
    options: () => ['-qp', '23', '-profile:v', 'high'],
  },
  { name: 'h264_videotoolbox', container: 'mp4', options: (pixels) => [...bitRate(pixels), '-profile:v', 'high'] },
  { name: 'h264_v4l2m2m', container: 'mp4', options: (pixels) => [...bitRate(pixels), '-pix_fmt', 'yuv420p'] },
  { name: 'mpeg4', container: 'avi', options: () => ['-q:v', '3', '-vtag', 'XVID', '-pix_fmt', 'yuv420p'] },
];

/** The first with `-fps_mode`. */
const OLDEST = { major: 5, minor: 1 };

/**
 * The names of all encoders that this FFmpeg was built with, and its version; whether the hardware for one is there, only
 * a try tells.
 *
 * @throws TransientError `ffmpeg_too_old`; `ffmpeg_broken` when it does not even say what it has
 */
export async function inventoryOf(
  ffmpeg: string,
  signal: AbortSignal,
): Promise<{ available: ReadonlySet<string>; build: string }> {
  const args = ['-nostdin', '-encoders'];
  const { stdout, stderr, code } = await runForOutput({ program: ffmpeg, args, signal, limit: 1024 * 1024 });
  // Builds between releases count otherwise ("N-1234-g…"): they are taken for new enough.
  const [, version, major, minor] = /^ffmpeg version n?((\d+)\.(\d+)\S*)/.exec(stderr) ?? [];
  if (Number(major) < OLDEST.major || (Number(major) === OLDEST.major && Number(minor) < OLDEST.minor)) {
    const needed = `${OLDEST.major}.${OLDEST.minor}`;
    throw new TransientError('ffmpeg_too_old', `FFmpeg ${version} is too old: ${needed} or newer is needed.`);
  }
  // " V....D libx264              libx264 H.264 / AVC / MPEG-4 AVC / MPEG-4 part 10 (codec h264)"
  const names = [...stdout.toString().matchAll(/^ [VAS][A-Z.]{5} (\S+) /gm)].flatMap(([, name]) => name ?? []);
  if (code !== 0 || names.length === 0) {
    throw new TransientError('ffmpeg_broken', 'FFmpeg does not say what it can encode.');
  }
  const [, build = ''] = /^ffmpeg version (\S+)/.exec(stderr) ?? [];
  return { available: new Set(names.filter((name) => name !== '=')), build };
}
