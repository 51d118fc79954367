import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TransientError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import type { EncodedChunk, Ending, EnhanceJob } from '../../../core/ports/index.ts';
import type { SourceLimits } from '../../../core/source-limits.ts';
import { type Chunk, OUTPUT_TICKS, outputTicks, type Timeline } from '../../../core/timeline.ts';
import { encodeCommand } from '../command.ts';
import { cpuOf } from '../cpu-time.ts';
import type { Encoder } from '../encoders.ts';
import type { FfmpegPrograms } from '../find-ffmpeg.ts';
import { type Input, withInput } from '../input.ts';
import { NOTICEABLE } from '../last-picture.ts';
import { DAMAGED, isDamaged } from '../notes.ts';
import { type Progress, percentMeter, progressReader } from '../progress.ts';
import { run } from '../run.ts';
import { shortage } from '../shortage.ts';
import { progressWatch } from '../watch.ts';
import { appetite } from './appetite.ts';
import { chunkGraph } from './chunk-graph.ts';
import { fingerprint, ownVideo } from './own-video.ts';
import { pinned } from './pinned.ts';

/** As `MediaTools.enhanceChunk` is asked for, with what the plan names looked up. */
export interface ChunkEncoding extends EnhanceJob {
  timeline: Timeline;
  chunk: Chunk;
  encoder: Encoder;
  /** Of the encoder: their number shows in what it makes. */
  threads: number;
  /** As the source was found to end. */
  ending?: Ending | undefined;
  limits?: SourceLimits | undefined;
}

/**
 * Decodes, filters and encodes one chunk, which reads little more of the source than the chunk itself. What comes out
 * depends on the plan, the chunk, the encoder and the build of FFmpeg, and on nothing else.
 *
 * @throws TransientError `chunk_failed`, also when the pictures are not those that the timeline tells of, or there are
 *   none: whether that is the fault of the source or of the cutting, only work on the whole video can tell
 */
export function encodeChunk({ ffmpeg, ffprobe }: FfmpegPrograms, job: ChunkEncoding, log: Log): Promise<EncodedChunk> {
  const { source, facts, plan, timeline, chunk, ending, scratch, signal, limits } = job;
  const path = join(scratch, 'chunk.mp4');
  const base = outputTicks(timeline, chunk.start ?? timeline.first);
  const { made, ...wants } = appetite();
  const [from, to] = [chunk.bytes.from, chunk.bytes.to ?? source.size];
  // Sockets would take the next chunk, too, while this one is encoded.
  const bound = to > from ? { from, to, ...wants } : undefined;
  const encode = async (input: Input) => {
    const command = encodeCommand({
      input: [...seekTo(chunk), ...input.args],
      facts: { ...facts, audio: null, sounds: [], subtitles: [], chapters: 0, tags: {} },
      plan: { ...plan, graph: chunkGraph(plan.graph, timeline, chunk) },
      encoder: pinned(job.encoder, job.threads, chunk, {
        pictures: secondsOf(chunk, timeline, facts) * facts.video.frameRate,
        isLate: Boolean(timeline.chunks[chunk.index - 1]?.cut),
      }),
      audioEncoder: 'aac',
      output: path,
    });
    const args = [...command.slice(0, -1), '-map_chapters', '-1', ...command.slice(-1)];
    const watch = progressWatch(signal, limits);
    const percent = percentMeter(secondsOf(chunk, timeline, facts), job.onProgress);
    let last: Progress = { frames: 0, seconds: 0 };
    const onStdout = progressReader((progress) => {
      watch.saw(progress);
      made(progress.frames);
      last = progress;
      percent(progress.seconds, 0);
    });
    let whole = false;
    try {
      const ended = await run({ program: ffmpeg, args, cwd: scratch, effort: 'work', signal: watch.signal, onStdout });
      input.blameStorage();
      if (ended.code !== 0) {
        const stderr = input.redact(ended.stderr);
        log.info('ffmpeg failed', { chunk: chunk.index, code: ended.code, signal: ended.signal, stderr });
        throw shortage(ended) ?? chunkFailed(`FFmpeg could not encode chunk ${chunk.index}.`);
      }
      if (last.frames === 0) throw chunkFailed(`There is no picture in chunk ${chunk.index}.`);
      const { times, sums, parameterSets, fault } = await ownVideo(ffprobe, path, { decode: true }, signal);
      const wrong = fault ?? misfit(times, last.frames, base, timeline, chunk, ending);
      if (wrong) {
        log.info('a chunk is not what was planned', { chunk: chunk.index, wrong, stderr: input.redact(ended.stderr) });
        throw chunkFailed(`Chunk ${chunk.index} is not what was planned: ${wrong}.`);
      }
      const { size } = await stat(path);
      whole = true;
      return {
        ...{ path, size, frames: times.length, first: base, last: base + Math.max(...times) },
        ...{ fingerprint: fingerprint(times, sums), parameterSets, cpuSeconds: cpuOf(ended) },
        ...(isDamaged(ended.stderr) && { notes: [DAMAGED] }),
      };
    } finally {
      watch.stop();
      if (!whole) await rm(path, { force: true });
    }
  };
  return withInput(source, signal, encode, { bound, duration: facts.duration });
}

/** Times stay the container's own: a shift by the time sought would round them. */
function seekTo({ seek }: Chunk): string[] {
  const there = seek === null ? [] : ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', (seek + NUDGE).toFixed(6)];
  return ['-copyts', ...there];
}

/** Seconds: less than between any two pictures, and more than rounding takes away. */
const NUDGE = 0.000_5;

function misfit(
  times: number[],
  encoded: number,
  base: number,
  timeline: Timeline,
  { end }: Chunk,
  ending: Ending | undefined,
): string | undefined {
  if (times.length !== encoded) return `${encoded} pictures were encoded, ${times.length} can be decoded`;
  if (times[0] !== 0) return `its first picture is ${times[0]} ticks late`;
  const reached = (base + Math.max(...times)) / OUTPUT_TICKS;
  if (end === null && ending && reached < ending.last - NOTICEABLE)
    return `it ends at ${reached}, not ${ending.last} s`;
  const past = end !== null && base + Math.max(...times) >= outputTicks(timeline, end);
  return past ? 'it goes on for too long' : undefined;
}

function secondsOf({ start, end }: Chunk, timeline: Timeline, { duration }: EnhanceJob['facts']): number {
  const from = outputTicks(timeline, start ?? timeline.first);
  const to =
    end === null ? outputTicks(timeline, timeline.first) + duration * OUTPUT_TICKS : outputTicks(timeline, end);
  return (to - from) / OUTPUT_TICKS;
}

function chunkFailed(detail: string): TransientError {
  return new TransientError('chunk_failed', detail);
}
