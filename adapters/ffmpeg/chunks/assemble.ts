import { rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { TransientError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import type { EncodedChunk, Ending } from '../../../core/ports/index.ts';
import { OUTPUT_TICKS } from '../../../core/timeline.ts';
import { cpuOf } from '../cpu-time.ts';
import type { FfmpegPrograms } from '../find-ffmpeg.ts';
import { endingAt } from '../last-picture.ts';
import { run } from '../run.ts';
import { shortage } from '../shortage.ts';
import { tracksIn } from './verify-sound.ts';
import { verifyWhole } from './verify-whole.ts';

/** What is remembered of an encoded chunk until all are there. */
export type Piece = Omit<EncodedChunk, 'size' | 'cpuSeconds' | 'notes'>;

export interface AssemblyJob {
  /** In order. Their files lie in `scratch` or folders in it, and have plain names. */
  pieces: readonly Piece[];
  /** The file that `encodeSound` made, where there was anything for it. */
  sound: string | null;
  /** As the source was found to end. */
  ending?: Ending | undefined;
  /** What the output says of itself. */
  tags: Record<string, string>;
  scratch: string;
  signal: AbortSignal;
}

export interface Assembled {
  path: string;
  size: number;
  durationSeconds: number;
  cpuSeconds: number;
}

/**
 * Joins the chunks and the sound to one MP4 that streams at once, without encoding anything, and looks at what came of
 * it. Needs memory for the times of all pictures, and disk for the chunks and the result.
 *
 * @throws TransientError `not_joined` when the chunks do not fit together, or the result is not what they add up to
 */
export async function assemble(
  { ffmpeg, ffprobe }: FfmpegPrograms,
  { pieces, sound: encoded, ending, tags, scratch, signal }: AssemblyJob,
  log: Log,
): Promise<Assembled> {
  const [first] = pieces;
  if (!first) throw notJoined('There is nothing to join.');
  if (pieces.some(({ parameterSets }) => parameterSets !== first.parameterSets)) {
    throw notJoined('The chunks were encoded with different settings.');
  }
  // Nothing is in it where nothing came of the source's sounds.
  const beside = encoded ? await tracksIn(ffprobe, encoded, signal) : undefined;
  const sound = beside && beside.sounds + beside.subtitles > 0 ? encoded : null;
  const list = join(scratch, 'chunks.ffconcat');
  const path = join(scratch, 'enhanced.mp4');
  let whole = false;
  try {
    await writeFile(list, listOf(pieces, scratch));
    const args = [
      ...['-nostdin', '-hide_banner', '-nostats', '-y', '-benchmark', '-copyts'],
      // The sound of many files starts before or after their pictures.
      ...['-itsoffset', (first.first / OUTPUT_TICKS).toFixed(6)],
      ...['-protocol_whitelist', 'file', '-f', 'concat', '-auto_convert', '0', '-i', `file:${list}`],
      ...(sound ? ['-protocol_whitelist', 'file', '-i', `file:${sound}`] : []),
      ...['-map', '0:v', ...(sound ? ['-map', '1'] : []), '-c', 'copy', '-bsf:v', timesOf(pieces, ending)],
      ...['-map_metadata:g', '-1', '-map_chapters', sound ? '1' : '-1'],
      ...Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
      ...['-video_track_timescale', String(OUTPUT_TICKS), '-movflags', '+faststart', '-f', 'mp4', `file:${path}`],
    ];
    const ended = await run({ program: ffmpeg, args, cwd: scratch, effort: 'work', signal });
    if (ended.code !== 0) {
      log.info('ffmpeg failed', { code: ended.code, signal: ended.signal, stderr: ended.stderr });
      throw shortage(ended) ?? notJoined('FFmpeg could not join the chunks.');
    }
    const { durationSeconds, fault } = await verifyWhole(ffprobe, path, pieces, sound, signal);
    if (fault) {
      log.info('the whole is not the sum of its chunks', { fault, stderr: ended.stderr });
      throw notJoined(`The result is not what its chunks add up to: ${fault}.`);
    }
    const { size } = await stat(path);
    whole = true;
    return { path, size, durationSeconds, cpuSeconds: cpuOf(ended) };
  } finally {
    await rm(list, { force: true });
    if (!whole) await rm(path, { force: true });
  }
}

/**
 * Where pictures are unevenly spaced, the first decoding times of a chunk, which x264 reckons back from its second
 * picture's, can lie before the last of the chunk before it. One tick later than those is early enough, always: pictures
 * are at least a tick apart, and no more of them than that are decoded ahead.
 */
const DECODING_ORDER = "setts=pts=PTS:dts='if(eq(N,0),DTS,max(DTS,PREV_OUTDTS+1))'";

function timesOf(pieces: readonly Piece[], ending: Ending | undefined): string {
  const pictures = pieces.reduce((sum, { frames }) => sum + frames, 0);
  return ending?.until ? `${DECODING_ORDER}:${endingAt(ending.until, pictures)}` : DECODING_ORDER;
}

/** Each chunk with how long it is, in microseconds that add up without an error: it ends where the next begins. */
function listOf(pieces: readonly Piece[], folder: string): string {
  const micro = (ticks: number) => Math.round((ticks * 1e6) / OUTPUT_TICKS);
  const entries = pieces.map(({ path, first, last }, i) => {
    const length = micro(pieces[i + 1]?.first ?? last + 1) - micro(first);
    return `file '${relative(folder, path)}'\nduration ${Math.floor(length / 1e6)}.${String(length % 1e6).padStart(6, '0')}\n`;
  });
  return `ffconcat version 1.0\n${entries.join('')}`;
}

function notJoined(detail: string): TransientError {
  return new TransientError('not_joined', detail);
}
