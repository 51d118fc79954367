import { createHash } from 'node:crypto';
import { OUTPUT_TICKS } from '../../../core/timeline.ts';
import { run } from '../run.ts';
import { CHEAPLY } from '../verify.ts';

/** The video stream of a file that we wrote. */
export interface OwnVideo {
  /** When each picture is shown, in our ticks and in the order that they lie in. */
  times: number[];
  /** A checksum of each picture's bytes, in the same order. */
  sums: string[];
  /** Of what the decoder has to know beforehand: SPS and PPS. */
  parameterSets: string;
  /** What went wrong in reading it, or in decoding where that was asked for. */
  fault: string | undefined;
}

/**
 * Reads a file's video from end to end.
 *
 * @param decode also decodes it, as `verify` does: every picture has to come out, at its time, without a complaint
 * @throws the signal's reason
 */
export async function ownVideo(
  ffprobe: string,
  path: string,
  { decode }: { decode: boolean },
  signal: AbortSignal,
): Promise<OwnVideo> {
  const times: number[] = [];
  const sums: string[] = [];
  const shown: number[] = [];
  let [rest, parameterSets, timeBase, fault] = ['', '', '', ''];
  let decoded = Number.NEGATIVE_INFINITY;
  const take = (line: string) => {
    const [kind, ...fields] = line.split('|');
    const value: Partial<Record<string, string>> = Object.fromEntries(fields.map((field) => field.split('=')));
    const [pts, dts] = [Number(value.pts), Number(value.dts)];
    if (kind === 'stream') [timeBase = '', parameterSets = ''] = [value.time_base, value.extradata_hash];
    if (kind === 'frame') shown.push(pts);
    if (kind !== 'packet') return;
    if (!(dts > decoded && dts <= pts)) fault ||= `times out of order: to be decoded at ${dts} and shown at ${pts}`;
    if (value.flags?.includes('D')) fault ||= 'a picture that is not shown';
    decoded = dts;
    times.push(pts);
    sums.push(value.data_hash ?? '');
  };
  const args = [
    ...['-v', 'error', '-select_streams', 'v:0', '-show_streams', '-show_packets', ...(decode ? ['-show_frames'] : [])],
    ...['-show_entries', `stream=time_base,extradata_hash:packet=pts,dts,flags,data_hash${decode ? ':frame=pts' : ''}`],
    ...['-show_data_hash', 'CRC32', '-of', 'compact', ...CHEAPLY, '-protocol_whitelist', 'file', '-i', `file:${path}`],
  ];
  const onStdout = (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  };
  const { code, stderr } = await run({ program: ffprobe, args, effort: 'work', signal, onStdout });
  if (code !== 0 || stderr.trim() !== '') fault ||= `ffprobe: ${stderr.trim().slice(-200) || `exit ${code}`}`;
  if (timeBase !== `1/${OUTPUT_TICKS}`) fault ||= `a time base of ${timeBase || 'none'}`;
  const ordered = times.toSorted((a, b) => a - b);
  if (ordered.some((time, i) => time === ordered[i - 1])) fault ||= 'two pictures at one time';
  if (decode && shown.join() !== ordered.join())
    fault ||= `${times.length} pictures, of which ${shown.length} come out`;
  return { times, sums, parameterSets, fault: fault || undefined };
}

/** Tells apart any two lists of pictures with their times. */
export function fingerprint(times: readonly number[], sums: readonly string[]): string {
  const pictures = times.map((time, i) => `${time} ${sums[i]}`);
  return createHash('sha256').update(pictures.join('\n')).digest('hex').slice(0, 32);
}
