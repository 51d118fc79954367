import type { Log } from '../../core/log.ts';
import type { SourceFacts } from '../../core/media.ts';
import type { Cut, RangeSource, Stretch } from '../../core/ports/index.ts';
import { decodedBy } from './decoders.ts';
import { MICROSECONDS, printing, readTold } from './frame-metadata.ts';
import { withInput } from './input.ts';
import { runForOutput } from './run.ts';

/**
 * `scdet` at its default of 10 misses cuts in dark and noisy footage. Of YUV it sees luma only, and would miss a cut to
 * another colour of light.
 */
const DETECT = 'scale=160:-2:flags=area,format=bgr24,scdet=threshold=7,metadata=mode=select:key=lavfi.scd.time';
/** Seconds after the stretch, so that its last picture is in it. */
const MARGIN = 0.02;
const LARGEST_OUTPUT = 4 * 1024 * 1024;

/** See `MediaTools.cuts`. What cannot be decoded has no cuts. */
export function cuts(
  { ffmpeg, log }: { ffmpeg: string; log: Log },
  source: RangeSource,
  { start, video }: SourceFacts,
  { from, to }: Stretch,
  signal: AbortSignal,
): Promise<Cut[]> {
  return withInput(source, signal, async (input) => {
    const seek = ['-ss', (from + video.start - start).toFixed(6), '-t', (to - from + MARGIN).toFixed(6)];
    const args = [
      ...['-nostdin', '-hide_banner', '-v', 'error', '-noautorotate', '-copyts'],
      // The loop filter does not move cuts, and takes a quarter of decoding.
      ...['-skip_loop_filter', 'all', ...(from > 0 ? seek : seek.slice(2))],
      ...[...decodedBy(video), ...input.args, '-map', `0:${video.index}`],
      ...['-vf', `${MICROSECONDS},${DETECT},${printing(1)}`, '-f', 'null', '-'],
    ];
    const ended = await runForOutput({ program: ffmpeg, args, effort: 'work', signal, limit: LARGEST_OUTPUT });
    input.blameStorage();
    if (ended.code !== 0) {
      log.info('no cuts', { code: ended.code, signal: ended.signal, stderr: input.redact(ended.stderr) });
    }
    return readTold(ended.stdout.toString('latin1'))
      .map(({ time, values }) => ({ time: time - video.start, score: Number(values['lavfi.scd.score'] ?? 0) }))
      .filter(({ time }) => time > from && time <= to + MARGIN);
  });
}
