import type { AudioFacts, ColorTags, SourceFacts } from '../../core/media.ts';
import { topLevelBoxes } from './boxes.ts';
import { cpuOf } from './cpu-time.ts';
import { type Coded, PLAIN_H264 } from './encoders.ts';
import type { FfmpegPrograms } from './find-ffmpeg.ts';
import { probeOwn } from './probe.ts';
import { type Progress, progressReader } from './progress.ts';
import { lengthsOf, type Report, ratio, type Stream, seconds, time } from './report.ts';
import { run } from './run.ts';

/** What an output has to be, known without looking at it. */
export interface Promised {
  container: 'mp4' | 'avi';
  /** Of an MP4's video: H.264 in 8 bits unless said. */
  coded?: Coded | undefined;
  /** How many pictures the encoder handed over. */
  frames: number;
  /**
   * How long everything is that the muxer got, as FFmpeg counts it: by when pictures are to be decoded. The end is later
   * than that, by as many pictures as are held back, which lie seconds apart in some videos.
   */
  seconds: number;
  /** How long the source says that it is; 0 where it does not. */
  sourceSeconds: number;
  color: ColorTags;
  /** Those of the source that were to come along, and how many subtitles. */
  sounds: AudioFacts[];
  subtitles: number;
  /** Of the source, where every picture of it was decoded, so that its times are known: what was in step has to stay so. */
  inStepWith: SourceFacts | null;
}

export interface Verified {
  durationSeconds: number;
  /** Of the pictures alone. */
  pictureSeconds: number;
  cpuSeconds: number;
  /** What is wrong with it: nobody may get it. */
  fault?: string;
  /** It has fewer sounds than were promised, as it has where nothing came of one: what is wrong may be the promise. */
  lacksSound?: boolean;
}

/** Sound is cut into pieces of 1024 samples, the last of them filled up: an eighth of a second at 8 kHz. */
const PIECE = 0.13;
/** Between what the muxer was given and what it wrote down: the last picture's duration is its own guess. */
const LAST_PICTURE = 0.5;

/** Looks at a file that FFmpeg says it wrote, before anybody relies on it: its structure first, then every frame. */
export async function verify(
  programs: FfmpegPrograms,
  path: string,
  promised: Promised,
  signal: AbortSignal,
): Promise<Verified> {
  const report = await probeOwn(programs.ffprobe, path, signal);
  const lengths = report ? lengthsOf(report) : { durationSeconds: 0, pictureSeconds: 0 };
  const lacksSound = report !== undefined && soundsIn(report) < promised.sounds.length;
  const fault = (report && structureFault(report, promised)) ?? (await layoutFault(path, promised));
  if (!report || fault) return { ...lengths, cpuSeconds: 0, fault: fault ?? 'it cannot be read', lacksSound };
  const { end, ...decoded } = await decodeWhole(programs.ffmpeg, path, promised, signal);
  const tooLong = decoded.fault === undefined ? lengthFault(lengths, promised, end) : undefined;
  return { ...lengths, ...decoded, ...(tooLong && { fault: tooLong }) };
}

function soundsIn({ streams }: Report): number {
  return streams.filter((stream) => stream.codec_type === 'audio' && !isEmpty(stream)).length;
}

/** A track that an AVI announces, and to which nothing came. */
function isEmpty({ codec_type, nb_frames, duration }: Stream): boolean {
  return codec_type === 'audio' && (Number(nb_frames) === 0 || time(duration) === 0);
}

/** What is wrong by the header alone. */
function structureFault(report: Report, promised: Promised): string | undefined {
  const { frames, container, color } = promised;
  const streams = report.streams.filter((stream) => stream.codec_type !== 'data' && !isEmpty(stream));
  const [video] = streams;
  if (video?.codec_type !== 'video') return 'no video stream in the output';
  const duration = seconds(report.format?.duration);
  if (duration === undefined) return 'no duration in the output';
  const types = streams.map(({ codec_type }) => codec_type).join(' ');
  const expected = [
    'video',
    ...promised.sounds.map(() => 'audio'),
    ...Array.from({ length: promised.subtitles }, () => 'subtitle'),
  ].join(' ');
  if (types !== expected) return `streams ${types} in the output, ${expected} promised`;
  // AVI has no place for colours, and counts the gaps of uneven frame rates, too: its pictures are counted as they come out.
  if (container === 'avi') return lengthOfSoundFault(streams, promised);
  if (Number(video.nb_frames) !== frames) return `${video.nb_frames} frames in the output, ${frames} encoded`;
  if (duration < promised.seconds - LAST_PICTURE) return `${duration} s in the output, ${promised.seconds} written`;
  const { codec, pixelFormats } = promised.coded ?? PLAIN_H264;
  if (video.codec_name !== codec || !pixelFormats.includes(video.pix_fmt ?? '')) {
    return `${video.codec_name} in ${video.pix_fmt}`;
  }
  return colorFault(video, color) ?? stepFault(streams, promised);
}

function colorFault(video: Stream, { matrix, primaries, transfer }: ColorTags): string | undefined {
  const pairs = [
    [video.color_space, matrix],
    [video.color_primaries, primaries],
    [video.color_transfer, transfer],
  ];
  const wrong = pairs.find(([is, promised]) => promised && is !== promised);
  if (wrong) return `colours tagged ${wrong[0]}, ${wrong[1]} promised`;
  return video.color_range === 'pc' ? 'colours of full range' : undefined;
}

/** Whether its pictures and sounds last longer than anything speaks for: what comes out of it, and the source. */
function lengthFault(
  { durationSeconds, pictureSeconds }: Pick<Verified, 'durationSeconds' | 'pictureSeconds'>,
  { container, frames, sourceSeconds }: Promised,
  end: number,
): string | undefined {
  if (container === 'avi') return undefined;
  const last = Math.max(end, sourceSeconds);
  const tooLong = durationSeconds > last + Math.max(LAST_PICTURE, pictureSeconds / frames);
  return tooLong ? `${durationSeconds} s in the output, which ends after ${last}` : undefined;
}

/** Whether each sound begins as far from the pictures as in the source, to within a picture, and lasts as long. */
function stepFault([video, ...others]: Stream[], { sounds, inStepWith }: Promised): string | undefined {
  if (!video || !inStepWith) return undefined;
  const picture = pictureSecondsOf(video);
  const begins = time(video.start_time) ?? 0;
  for (const [i, sound] of sounds.entries()) {
    const output = others[i];
    const [is, was] = [time(output?.start_time) ?? 0, sound.start];
    if (was !== null) {
      const drift = is - begins - (was - inStepWith.video.start);
      if (Math.abs(drift) > Math.max(picture, 0.04)) return `sound ${i} is ${drift.toFixed(3)} s out of step`;
    }
    const [lasts, lasted] = [seconds(output?.duration) ?? 0, sound.duration];
    if (lasted !== null && lasts < lasted - PIECE - picture)
      return `sound ${i} lasts ${lasts} s, ${lasted} in the source`;
  }
  return undefined;
}

/**
 * The same for AVI, which has no time stamps: all begins with the file, and what comes later has silence before it, so
 * that only how long the sound lasts tells.
 */
function lengthOfSoundFault([video, ...others]: Stream[], { sounds, inStepWith }: Promised): string | undefined {
  if (!video || !inStepWith) return undefined;
  const picture = pictureSecondsOf(video);
  for (const [i, { start, duration }] of sounds.entries()) {
    if (start === null || duration === null) continue;
    const lasts = seconds(others[i]?.duration) ?? 0;
    const expected = Math.max(0, start - inStepWith.video.start) + duration;
    if (Math.abs(lasts - expected) > PIECE + picture) {
      return `sound ${i} lasts ${lasts} s, ${expected.toFixed(3)} s from the first picture to its end in the source`;
    }
  }
  return undefined;
}

/** How long a picture is shown, on average. */
function pictureSecondsOf({ avg_frame_rate }: Stream): number {
  const { num, den } = ratio(avg_frame_rate) ?? { num: 25, den: 1 };
  return den / num;
}

/** A player must be able to start before it has the whole file: what says where everything is comes first. */
async function layoutFault(path: string, { container }: Promised): Promise<string | undefined> {
  if (container === 'avi') return undefined;
  const boxes = await topLevelBoxes(path);
  const streams = boxes?.includes('moov') && boxes.indexOf('moov') < boxes.indexOf('mdat');
  return streams ? undefined : `boxes in the order ${boxes?.join(' ')}`;
}

/**
 * For who decodes only to see whether that can be done. The loop filter is left out: it costs a quarter of the time, and
 * no damage shows in it that does not show before. Several threads would only add to what it costs.
 */
export const CHEAPLY = ['-threads', '1', '-skip_loop_filter', 'all'];

/** The arguments with which FFmpeg decodes all pictures and sounds of a file, giving up at the first complaint. */
export function decodeCommand(path: string, pictures = ['-map', '0:v']): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-benchmark', '-xerror', '-err_detect', 'explode', ...CHEAPLY],
    ...['-protocol_whitelist', 'file', '-i', `file:${path}`, ...pictures, '-map', '0:a?'],
    // As AAC is decoded: to round it to whole numbers would be for nothing.
    ...['-c:a', 'pcm_f32le', '-fps_mode', 'passthrough', '-f', 'null', '-'],
  ];
}

async function decodeWhole(
  ffmpeg: string,
  path: string,
  { frames }: Promised,
  signal: AbortSignal,
): Promise<Pick<Verified, 'cpuSeconds' | 'fault'> & { end: number }> {
  let decoded: Progress = { frames: 0, seconds: 0 };
  const onStdout = progressReader((progress) => {
    decoded = progress;
  });
  const args = ['-progress', 'pipe:1', ...decodeCommand(path)];
  const ended = await run({ program: ffmpeg, args, effort: 'work', signal, onStdout });
  const [cpuSeconds, end] = [cpuOf(ended), decoded.seconds];
  if (ended.code !== 0) return { cpuSeconds, end, fault: 'it cannot be decoded without errors' };
  if (decoded.frames !== frames) {
    return { cpuSeconds, end, fault: `${decoded.frames} frames can be decoded, ${frames} encoded` };
  }
  return { cpuSeconds, end };
}
