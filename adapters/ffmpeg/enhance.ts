import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput, TransientError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { SourceFacts } from '../../core/media.ts';
import type { Enhanced, EnhanceJob } from '../../core/ports/index.ts';
import { encodeCommand } from './command.ts';
import { ENCODERS, type Encoder } from './encoders.ts';
import type { FfmpegPrograms } from './find-ffmpeg.ts';
import { decodes, undecodable } from './first-frame.ts';
import { type Input, withInput } from './input.ts';
import { type Progress, percentMeter, progressReader } from './progress.ts';
import { type Ended, run } from './run.ts';
import { verify } from './verify.ts';
import { stallWatch } from './watch.ts';

/** FFmpeg's own exit code when most of what it decoded was broken (`-max_error_rate`). */
const TOO_MANY_ERRORS = 69;

const CONTENT_TYPES = { mp4: 'video/mp4', avi: 'video/x-msvideo' } as const;

export interface Workshop extends FfmpegPrograms {
  log: Log;
  /** What this FFmpeg can encode with. */
  available: ReadonlySet<string>;
  /** What to try, in this order. */
  encoders?: readonly Encoder[] | undefined;
}

/** See `MediaTools.enhance`. */
export function enhance(workshop: Workshop, job: EnhanceJob): Promise<Enhanced> {
  const { encoders = ENCODERS, available, log } = workshop;
  return withInput(job.source, job.signal, async (input) => {
    const percent = percentMeter(job.facts.duration, job.onProgress);
    let cpuSeconds = 0;
    for (const encoder of encoders.filter(({ name }) => available.has(name))) {
      const attempt = await encode(workshop, job, input, encoder, percent);
      cpuSeconds += attempt.cpuSeconds;
      if ('path' in attempt) {
        job.onProgress(100);
        return {
          ...attempt,
          cpuSeconds: Math.round(cpuSeconds * 1000) / 1000,
          contentType: CONTENT_TYPES[encoder.container],
          encoder: encoder.name,
        };
      }
      log.warn('an encoder failed', { encoder: encoder.name, why: attempt.why });
    }
    throw encodeFailed('No encoder could write this video.');
  });
}

type Attempt = Pick<Enhanced, 'path' | 'size' | 'durationSeconds'> | { why: string };

/**
 * One encoder's try. `why` means that another one may do better; what no other can mend is thrown. Leaves a file only
 * when it succeeds.
 */
async function encode(
  { ffmpeg, ffprobe, available, log }: Workshop,
  { facts, plan, scratch, signal }: EnhanceJob,
  input: Input,
  encoder: Encoder,
  percent: (seconds: number, reached: number) => void,
): Promise<Attempt & { cpuSeconds: number }> {
  const path = join(scratch, `enhanced.${encoder.container}`);
  const audioEncoder = encoder.container === 'mp4' ? 'aac' : available.has('libmp3lame') ? 'libmp3lame' : 'ac3';
  const args = encodeCommand({ input: input.args, facts, plan, encoder, audioEncoder, output: path });
  const watch = stallWatch(signal);
  let last: Progress = { frames: 0, seconds: 0 };
  const onStdout = progressReader((progress) => {
    watch.saw(progress);
    last = progress;
    percent(progress.seconds, input.reached());
  });
  let whole = false;
  try {
    const ended = await run({ program: ffmpeg, args, cwd: scratch, signal: watch.signal, onStdout });
    const cpuSeconds = cpuOf(ended);
    input.blameStorage();
    if (ended.code !== 0) {
      const stderr = input.redact(ended.stderr);
      log.info('ffmpeg failed', { encoder: encoder.name, code: ended.code, signal: ended.signal, stderr });
      // Somebody ended it, most likely the kernel for want of memory: the next encoder would fare no better.
      if (ended.signal === 'SIGKILL' || ended.signal === 'SIGTERM') throw encodeFailed('The encoder was ended.');
      if (ended.code === TOO_MANY_ERRORS || !(await decodes(ffmpeg, input, facts.video.index, signal))) {
        throw undecodable();
      }
      return { why: `exit ${ended.code ?? ended.signal}`, cpuSeconds };
    }
    if (last.frames === 0) throw undecodable();
    const { durationSeconds, fault } = await verify(ffprobe, path, encoder, last.frames, signal);
    if (fault) return { why: fault, cpuSeconds };
    refuseTruncated(facts, last.frames, durationSeconds);
    const { size } = await stat(path);
    whole = true;
    return { path, size, durationSeconds, cpuSeconds };
  } finally {
    watch.stop();
    if (!whole) await rm(path, { force: true });
  }
}

/**
 * A file that was cut off still decodes up to there, and FFmpeg calls that a success. It is told from one whose header
 * exaggerates (edited, or with a long last picture) by two witnesses: picture and sound end too early, and, where
 * frames are counted, too few came.
 */
function refuseTruncated({ duration, video }: SourceFacts, frames: number, durationSeconds: number): void {
  const tooShort = durationSeconds < duration - Math.max(0.5, duration * 0.01);
  const tooFew = video.frames === undefined || frames < video.frames * 0.99;
  if (!tooShort || !tooFew) return;
  const [reached, promised] = [durationSeconds, duration].map((seconds) => seconds.toFixed(1));
  const detail = `Only ${reached} of its ${promised} seconds could be decoded: the file is cut off or damaged.`;
  throw new BadInput('undecodable', detail);
}

function encodeFailed(detail: string): TransientError {
  return new TransientError('encode_failed', detail);
}

/** User and system time, from what `-benchmark` prints at the end: "bench: utime=9.647s stime=0.539s rtime=5.795s". */
function cpuOf({ stderr }: Ended): number {
  const [, user = 0, system = 0] = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? [];
  return Number(user) + Number(system);
}
