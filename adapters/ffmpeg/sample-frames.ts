import type { Log } from '../../core/log.ts';
import type { SourceFacts } from '../../core/media.ts';
import type { SampledFrame } from '../../core/ports/index.ts';
import { decodedBy } from './decoders.ts';
import { MICROSECONDS, printing } from './frame-metadata.ts';
import type { Input } from './input.ts';
import { run } from './run.ts';

export interface Sampling {
  ffmpeg: string;
  log: Log;
  facts: SourceFacts;
  input: Input;
  /** Brings a picture into the form to be looked at. */
  graph: string;
  give(frame: SampledFrame): Promise<void>;
  signal: AbortSignal;
  /** Aborts when there has been enough sampling: what came by then is what there is. */
  limit: AbortSignal;
}

/** Which pictures: options before the input, a filter that chooses, and options of the output. */
export interface Pass {
  before: string[];
  select?: string;
  after?: string[];
  /** What the clock means that `select` may have set, in seconds; in microseconds itself, unless said. NaN for nothing. */
  timeOf?(clock: number): number;
}

/**
 * Gives the pictures of one pass, each as soon as the one before was taken. What cannot be decoded is left out; a pass
 * that fails is logged, and what came is what there is.
 */
export async function givePictures(
  sampling: Sampling,
  { before, select, after = [], timeOf = inSeconds }: Pass,
): Promise<void> {
  const { ffmpeg, log, facts, input, graph, signal, limit } = sampling;
  if (limit.aborted) return;
  const { width, height } = displayed(facts);
  const times = timesReader();
  const onStdout = frameReader(width * height * 3, async (bgr) => {
    const time = timeOf(await times.next());
    if (Number.isFinite(time)) await sampling.give({ time: Math.max(0, time - facts.video.start), width, height, bgr });
  });
  const filters = [
    ...[select, graph, `scale=${width}:${height}:flags=bicubic`, 'format=bgr24'],
    ...[MICROSECONDS, 'metadata=mode=add:key=sampled:value=1', printing(2)],
  ].filter(Boolean);
  const args = [
    ...['-nostdin', '-hide_banner', '-v', 'error', '-filter_threads', '1', '-copyts', ...before],
    ...[...decodedBy(facts.video), ...input.args],
    ...['-map', `0:${facts.video.index}`, '-vf', filters.join(','), '-fps_mode', 'passthrough'],
    ...[...after, '-f', 'rawvideo', 'pipe:1'],
  ];
  try {
    const stop = AbortSignal.any([signal, limit]);
    const ended = await run({ program: ffmpeg, args, effort: 'work', signal: stop, onStdout, ...times });
    if (ended.code !== 0) {
      log.info('sampling failed', { code: ended.code, signal: ended.signal, stderr: input.redact(ended.stderr) });
    }
  } catch (error) {
    if (signal.aborted || !limit.aborted) throw error;
    log.warn('sampling took too long');
  }
  input.blameStorage();
}

const inSeconds = (microseconds: number) => microseconds / 1e6;

function displayed({ video: { width, height, orientation } }: SourceFacts): { width: number; height: number } {
  return orientation.rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** Takes chunks of any size; answers a promise whenever a frame is complete: more has to wait for it. */
function frameReader(size: number, onFrame: (bytes: Uint8Array) => Promise<void>) {
  let frame = new Uint8Array(0);
  let filled = 0;
  return (chunk: Buffer): Promise<void> | undefined => {
    if (filled + chunk.length >= size) return complete(chunk);
    fill(chunk);
    return undefined;
  };

  async function complete(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0; ) {
      const part = rest.subarray(0, size - filled);
      fill(part);
      rest = rest.subarray(part.length);
      if (filled < size) return;
      const whole = frame;
      frame = new Uint8Array(0);
      filled = 0;
      await onFrame(whole);
    }
  }

  function fill(bytes: Buffer): void {
    if (frame.length === 0) frame = new Uint8Array(size);
    frame.set(bytes, filled);
    filled += bytes.length;
  }
}

/** The times of the pictures, in their order, as FFmpeg's clock tells them. Each is printed before its picture, but by another pipe. */
function timesReader() {
  const times: number[] = [];
  const asked: ((time: number) => void)[] = [];
  let rest = '';
  let isOver = false;
  return {
    onStderr: (chunk: Buffer): void => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [, pts] = /^frame:\d+\s+pts:(\S+)/.exec(line) ?? [];
        if (pts === undefined) continue;
        const first = asked.shift();
        if (first) first(Number(pts));
        else times.push(Number(pts));
      }
    },
    onStderrEnd: (): void => {
      isOver = true;
      for (const answer of asked.splice(0)) answer(Number.NaN);
    },
    next: (): Promise<number> => {
      const time = times.shift() ?? (isOver ? Number.NaN : undefined);
      return time === undefined ? new Promise((resolve) => asked.push(resolve)) : Promise.resolve(time);
    },
  };
}
