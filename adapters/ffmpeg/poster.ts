import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TransientError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Poster, PosterJob } from '../../core/ports/index.ts';
import { unpackBitmap } from './bitmap.ts';
import { cpuOf } from './cpu-time.ts';
import { mostTelling } from './poster-score.ts';
import { run } from './run.ts';

/** Places across the video where its pictures are looked at. */
const PLACES = 6;
const LOOKS = PLACES * 2;
/** Pictures that others build on, after a keyframe: about a second, by when a fade is over. */
const LATER = 12;
/** Seconds past each place, for the later one. FFmpeg would go on to the end, with nobody to show the pictures to. */
const STRETCH = '2';
/** Seconds: up to here a video may be a single scene with a single keyframe, so all of it is decoded. */
const SHORT = 20;

/** As displayed: pixels made square, at most 640 wide and 1280 high, in multiples of so many. */
function fitted(step: 1 | 2): string {
  const shrink = 'min(1,min(640/(iw*sar),1280/ih))';
  const side = (length: string) => `'max(${step},round(${length}*${shrink}/${step})*${step})'`;
  return `scale=w=${side('iw*sar')}:h=${side('ih')}:flags=bicubic,setsar=1`;
}

const QUIET = ['-nostdin', '-hide_banner', '-nostats', '-benchmark', '-y'];

interface Workshop {
  ffmpeg: string;
  log: Log;
  available: ReadonlySet<string>;
}

/** See `MediaTools.makePoster`. */
export async function makePoster(workshop: Workshop, job: PosterJob): Promise<Poster> {
  const { scratch, signal } = job;
  const files = Array.from({ length: LOOKS }, (_, index) => `look-${index}.bmp`);
  try {
    const looked = await ffmpeg(workshop, job, [...QUIET, ...looksCommand(job)]);
    const looks = await Promise.all(files.map((file) => frameIn(join(scratch, file))));
    const best = mostTelling(looks.filter((look) => look !== undefined));
    if (!best) throw new TransientError('poster_failed', 'No picture was found for the poster.');
    const images = [JPEG, ...(workshop.available.has('libwebp') ? [WEBP] : [])];
    const outputs = images.flatMap(({ options, file }) => [...options, `file:${join(scratch, file)}`]);
    const made = await ffmpeg(workshop, job, [...QUIET, '-i', `file:${best.path}`, ...outputs]);
    const [jpeg, webp] = await Promise.all(images.map(({ file }) => sized(join(scratch, file))));
    if (!jpeg?.size) throw new TransientError('poster_failed', 'The poster could not be written.');
    return {
      width: best.width,
      height: best.height,
      jpeg,
      ...(webp?.size && { webp }),
      cpuSeconds: Math.round((cpuOf(looked) + cpuOf(made)) * 1000) / 1000,
    };
  } finally {
    signal.throwIfAborted();
    await Promise.all(files.map((file) => rm(join(scratch, file), { force: true })));
  }
}

/** JPEG knows one matrix and one range; the muxer for streams of JPEGs writes a single one as it is. */
const JPEG = {
  file: 'poster.jpg',
  options: [
    ...['-vf', 'scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p', '-frames:v', '1'],
    ...['-c:v', 'mjpeg', '-q:v', '4', '-huffman', 'optimal', '-f', 'mjpeg'],
  ],
};
const WEBP = {
  file: 'poster.webp',
  options: ['-frames:v', '1', '-c:v', 'libwebp', '-pix_fmt', 'yuv420p', '-quality', '75', '-f', 'webp'],
};

/**
 * Pictures from across the video, of those that others build on: the rest need not be decoded. In a long video the
 * nearest keyframe to each place, since an encoder puts one every few seconds, and one a little later. A short one may
 * have only one keyframe, so all of it is decoded.
 */
function looksCommand({ path, durationSeconds, shown }: PosterJob): string[] {
  // Small first: bringing pictures to standard range counts in floating point, and takes even sides only.
  const graph = [...(shown ? [fitted(2), shown] : [fitted(1)]), 'format=bgr24'].join(',');
  const input = ['-protocol_whitelist', 'file', '-threads', '1', '-skip_frame', 'noref'];
  const looks = (stream: string, select: string, first: number, count: number) => [
    ...['-map', stream, '-vf', `select='${select}',${graph}`, '-fps_mode', 'passthrough', '-frames:v', String(count)],
    ...['-c:v', 'bmp', '-f', 'image2', '-start_number', String(first), 'look-%d.bmp'],
  ];
  if (durationSeconds <= SHORT) {
    const step = (durationSeconds / LOOKS).toFixed(4);
    const spread = `eq(n,0)+gte(t,(selected_n+0.5)*${step})`;
    return [...input, '-i', `file:${path}`, ...looks('0:V:0', spread, 0, LOOKS)];
  }
  const places = Array.from({ length: PLACES }, (_, index) => index);
  const at = (index: number) => (((index + 0.5) * durationSeconds) / PLACES).toFixed(3);
  return [
    ...places.flatMap((index) => [...input, '-noaccurate_seek', '-ss', at(index), '-t', STRETCH, '-i', `file:${path}`]),
    ...places.flatMap((index) => looks(`${index}:V:0`, `eq(n,0)+eq(n,${LATER})`, index * 2, 2)),
  ];
}

async function ffmpeg({ ffmpeg: program, log }: Workshop, { scratch, signal }: PosterJob, args: string[]) {
  const ended = await run({ program, args, cwd: scratch, effort: 'work', signal });
  if (ended.code !== 0) log.info('poster', { code: ended.code, signal: ended.signal, stderr: ended.stderr });
  return ended;
}

async function frameIn(path: string) {
  const bytes = await readFile(path).catch(() => undefined);
  const frame = bytes && unpackBitmap(bytes);
  return frame && { ...frame, path };
}

async function sized(path: string): Promise<{ path: string; size: number }> {
  return { path, size: (await stat(path).catch(() => undefined))?.size ?? 0 };
}
