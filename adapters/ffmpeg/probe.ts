import { BadInput, TransientError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { HdrFacts, SourceFacts } from '../../core/media.ts';
import type { Probe, RangeSource } from '../../core/ports/index.ts';
import { type Claimed, DEFAULT_SOURCE_LIMITS, refuseBeyond, type SourceLimits } from '../../core/source-limits.ts';
import { BROADCASTS, factsOf } from './facts.ts';
import { type Input, withInput } from './input.ts';
import { lightOf, peakOf } from './light.ts';
import { endOfMatroska } from './matroska-end.ts';
import { Frames, type Report, ratio, readJson, readReport } from './report.ts';
import { OutputTooLarge, runForOutput } from './run.ts';

/** A report is a few kilobytes; one above this is made to hurt. */
const LARGEST_REPORT = 4 * 1024 * 1024;

/** What FFmpeg says of a track in a format that is not among `DECODERS`: ffprobe goes no further then. */
const NOT_TAKEN = /Codec \((\w+)\) not on whitelist/;

/** What it says of a file whose format is not among `DEMUXERS`: by its name, which is `png_pipe` for a picture. */
const OTHER_FORMAT = /\[(\w+?)(_pipe)?(?:,\w+)* @ \w+\] Format not on whitelist/;

const SHOW = [
  ...['-v', 'error', '-show_error', '-show_format', '-show_streams', '-show_chapters'],
  // What is no UTF-8 comes as it is: see `readJson`.
  ...['-of', 'json=string_validation=ignore'],
];

/**
 * Microseconds and bytes that are looked at until it is clear what is in each track, in place of five seconds and 5 MB:
 * pictures may begin long after the sound, or it after them, and some receivers send a keyframe every ten seconds.
 */
const LONGER = ['-analyzeduration', '60000000', '-probesize', String(64 * 1024 * 1024)];

/** Whether a track does not say how its pictures or samples are, though its codec is known: it begins later. */
function beginsLate({ streams }: Report): boolean {
  return streams.some(({ codec_type, codec_name = 'unknown', pix_fmt, sample_fmt = 'unknown', channels }) => {
    if (codec_name === 'unknown' || codec_name === 'none') return false;
    return codec_type === 'video' ? !pix_fmt : codec_type === 'audio' && (sample_fmt === 'unknown' || !channels);
  });
}

/** See `MediaTools.probe`. */
export async function probe(
  ffprobe: string,
  source: RangeSource,
  signal: AbortSignal,
  log: Log,
  limits: SourceLimits = DEFAULT_SOURCE_LIMITS,
): Promise<Probe> {
  if (source.size === 0) throw new BadInput('unreadable', 'This file could not be read as a video: it is empty.');
  return withInput(source, signal, async (input) => {
    const look = async (...more: string[]) => {
      const args = [...SHOW, ...more, ...input.args];
      const ended = await runForOutput({ program: ffprobe, args, signal, limit: LARGEST_REPORT }).catch(tooLarge);
      input.blameStorage();
      return { ...ended, report: readReport(ended.stdout) };
    };
    const first = await look();
    const { stdout, report, ...ended } = first.report && beginsLate(first.report) ? await look(...LONGER) : first;
    if (ended.code !== 0 || !report?.format) {
      log.info('not read', { code: ended.code, signal: ended.signal, stderr: input.redact(ended.stderr) });
    }
    // Where a decoder cannot even be opened, ffprobe ends in the middle of its report; without one, it never began.
    if (ended.signal || stdout.length === 0)
      throw new TransientError('probe_failed', 'The file could not be looked at.');
    const [, rare] = NOT_TAKEN.exec(ended.stderr) ?? [];
    if (rare)
      throw unreadable(`it has a track in ${rare}, a rare format that is not taken here. Export it as H.264 or ProRes`);
    const [, other, isPicture] = OTHER_FORMAT.exec(ended.stderr) ?? [];
    if (isPicture) throw new BadInput('not_a_video', `This file is a picture (${other}), not a video.`);
    if (other) throw unreadable(`it is in ${other}, a format that is not taken here. Export it as an MP4`);
    if (!report || report.error || !report.format) throw unreadable('it is damaged, or no video at all');
    const { filename: _, ...format } = report.format;
    const facts = factsOf(report);
    const { hdr, index } = facts.video;
    facts.duration = await durationIn(source, report, facts, signal);
    refuseBeyond(claimedBy(facts, report), limits);
    if (hdr && (hdr.peak === null || !hdr.light?.display)) await askFrames(hdr, ffprobe, input, index, signal);
    return { facts, report: { format, streams: report.streams, chapters: report.chapters } };
  });
}

/** The average rate alone counts: the base rate is a guess, often that of the container's clock. */
function claimedBy({ video, duration }: SourceFacts, { streams }: Report): Claimed {
  const { index, width, height, frames = 0 } = video;
  const { num, den } = ratio(streams.find((stream) => stream.index === index)?.avg_frame_rate) ?? { num: 0, den: 1 };
  return { seconds: duration, width, height, frameRate: num / den || (duration > 0 ? frames / duration : 0) };
}

/** Seconds: Matroska counts to the end from 0, wherever its clock begins. */
const LATE = 1;

/** Bits a second of a broadcast: it has more than that to tell of itself alone. */
const TOO_FEW = 10_000;

/** Seconds, as the header says where it can be believed; 0 where nobody knows. */
async function durationIn(
  source: RangeSource,
  report: Report,
  facts: SourceFacts,
  signal: AbortSignal,
): Promise<number> {
  const { container, duration, start } = facts;
  if (container.startsWith('matroska') && (duration === 0 || start > LATE)) {
    return (await lengthOf(source, report, facts, signal)) || Math.max(0, duration - start);
  }
  // Broadcasts have no header: the clock is read at both ends, and jumps where parts of several were put together.
  return BROADCASTS.has(container) && source.size * 8 < duration * TOO_FEW ? 0 : duration;
}

/** Seconds, from the last block: a file that was written in one go does not say it in its header. 0 where there is none. */
async function lengthOf(
  source: RangeSource,
  { streams }: Report,
  facts: SourceFacts,
  signal: AbortSignal,
): Promise<number> {
  const { index } = facts.video;
  const tick = ratio(streams.find((stream) => stream.index === index)?.time_base);
  const end = tick && (await endOfMatroska(source, signal));
  return end ? Math.max(0, (end * tick.num) / tick.den - facts.start) : 0;
}

/** Where the container does not say how bright it gets, the pictures themselves may: the first is asked. */
async function askFrames(
  hdr: HdrFacts,
  ffprobe: string,
  input: Input,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  const first = ['-select_streams', String(index), '-read_intervals', '%+#1', '-show_frames', '-of', 'json'];
  const args = ['-v', 'error', ...first, ...input.args];
  const { stdout } = await runForOutput({ program: ffprobe, args, signal, limit: LARGEST_REPORT });
  input.blameStorage();
  const frames = Frames.safeParse(readJson(stdout)).data?.frames ?? [];
  const sideData = frames.flatMap(({ side_data_list }) => side_data_list);
  hdr.peak ??= peakOf(sideData);
  const { content = null, display = null } = lightOf(sideData) ?? {};
  const light = { content: hdr.light?.content ?? content, display: hdr.light?.display ?? display };
  if (light.content || light.display) hdr.light = light;
}

/** The streams of a file that we wrote. */
export async function probeOwn(ffprobe: string, path: string, signal: AbortSignal): Promise<Report | undefined> {
  const args = [...SHOW, ...LONGER, '-protocol_whitelist', 'file', '-i', `file:${path}`];
  const { stdout } = await runForOutput({ program: ffprobe, args, signal, limit: LARGEST_REPORT });
  return readReport(stdout);
}

function tooLarge(error: unknown): never {
  if (error instanceof OutputTooLarge) throw unreadable('its header is too large');
  throw error;
}

/** ffprobe's own words are in the log; they say nothing to the person who uploaded the file. */
function unreadable(why: string): BadInput {
  return new BadInput('unreadable', `This file could not be read as a video: ${why}.`);
}
