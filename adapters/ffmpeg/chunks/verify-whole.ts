import { OUTPUT_TICKS } from '../../../core/timeline.ts';
import { topLevelBoxes } from '../boxes.ts';
import { probeOwn } from '../probe.ts';
import { lengthsOf, time } from '../report.ts';
import type { Piece } from './assemble.ts';
import { fingerprint, ownVideo } from './own-video.ts';

/**
 * Looks at a file that was put together from chunks, before anybody relies on it: every picture of every chunk is there,
 * to the bit and at its very time, once, and in an order to be decoded in; SPS and PPS are the chunks'; picture and sound
 * start as far apart as before; the header comes first. `fault` says what is wrong.
 *
 * The pictures themselves are not decoded again: that was done chunk by chunk.
 */
export async function verifyWhole(
  ffprobe: string,
  path: string,
  pieces: readonly Piece[],
  sound: string | null,
  signal: AbortSignal,
): Promise<{ durationSeconds: number; fault?: string }> {
  const report = await probeOwn(ffprobe, path, signal);
  const durationSeconds = report ? lengthsOf(report).durationSeconds : 0;
  const said = (fault: string) => ({ durationSeconds, fault });
  const boxes = await topLevelBoxes(path);
  if (!boxes?.includes('moov') || boxes.indexOf('moov') > boxes.indexOf('mdat')) {
    return said(`boxes in the order ${boxes?.join(' ')}`);
  }
  const { times, sums, parameterSets, fault } = await ownVideo(ffprobe, path, { decode: false }, signal);
  if (fault) return said(fault);
  if (parameterSets !== pieces[0]?.parameterSets) return said('other parameter sets than the chunks');
  const wrong = unlike(times, sums, pieces);
  if (wrong) return said(wrong);
  const starts = report?.streams.map(({ start_time }) => time(start_time)) ?? [];
  const expected = await startsIn(ffprobe, sound, pieces, signal);
  const late = expected.findIndex((start, i) => Math.abs((starts[i] ?? Number.NaN) - start) <= TOLERANCE === false);
  if (late >= 0 || starts.length < expected.length) {
    return said(`tracks start at ${starts.join(', ')} instead of ${expected.join(', ')} s`);
  }
  return { durationSeconds };
}

/** Seconds: the ticks of an MP4's header are milliseconds, and times are rounded to them twice. */
const TOLERANCE = 0.002;

/** Times count from the first picture, in the whole as in each chunk. */
function unlike(times: readonly number[], sums: readonly string[], pieces: readonly Piece[]): string | undefined {
  const start = pieces[0]?.first ?? 0;
  const offset = (times[0] ?? 0) - start;
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    const its = times.slice(at, at + piece.frames).map((time) => time - offset - piece.first);
    if (its[0] !== 0 || fingerprint(its, sums.slice(at, at + piece.frames)) !== piece.fingerprint) {
      return `chunk ${i} is not what it was`;
    }
    at += piece.frames;
  }
  return at === times.length ? undefined : `${times.length} pictures instead of ${at}`;
}

/** When each track has to start: the video by its first picture, the others as they do in the sound's own file. */
async function startsIn(ffprobe: string, sound: string | null, pieces: readonly Piece[], signal: AbortSignal) {
  const report = sound ? await probeOwn(ffprobe, sound, signal) : undefined;
  const video = (pieces[0]?.first ?? 0) / OUTPUT_TICKS;
  return [video, ...(report?.streams ?? []).map(({ start_time }) => time(start_time) ?? 0)];
}
