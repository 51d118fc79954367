import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput, TransientError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { SourceFacts } from '../../core/media.ts';
import type { Enhanced, EnhanceJob } from '../../core/ports/index.ts';
import type { FilterPlan } from '../../core/profiles/profile.ts';
import type { SourceLimits } from '../../core/source-limits.ts';
import { forgetHdr } from './boxes.ts';
import { otherCodecAtEnd } from './codec-change.ts';
import { encodeCommand } from './command.ts';
import { cpuOf } from './cpu-time.ts';
import { ENCODERS, type Encoder } from './encoders.ts';
import { BROADCASTS } from './facts.ts';
import type { FfmpegPrograms } from './find-ffmpeg.ts';
import { decodes, undecodable } from './first-frame.ts';
import { hdrEncoders } from './hdr-encoders.ts';
import { heardOf } from './heard.ts';
import { type Input, withInput } from './input.ts';
import { compareEnds, holdLast, leeway, NOTICEABLE } from './last-picture.ts';
import { DAMAGED, goesOnIn, isDamaged, JUMPS, NO_SUBTITLES, NOT_KEPT, ONE_SOUND, UNHEARD } from './notes.ts';
import { type Progress, percentMeter, progressReader } from './progress.ts';
import { type Ended, run } from './run.ts';
import { shortage } from './shortage.ts';
import { tracksOf } from './tracks.ts';
import { verify } from './verify.ts';
import { progressWatch } from './watch.ts';

const CONTENT_TYPES = { mp4: 'video/mp4', avi: 'video/x-msvideo' } as const;

export interface Workshop extends FfmpegPrograms {
  log: Log;
  /** What this FFmpeg can encode with. */
  available: ReadonlySet<string>;
  /** What to try, in this order. */
  encoders?: readonly Encoder[] | undefined;
  limits?: SourceLimits | undefined;
}

/** One way to write the output. */
interface Way {
  plan: FilterPlan;
  encoder: Encoder;
  withoutSubtitles: boolean;
}

/** See `MediaTools.enhance`. */
export function enhance(workshop: Workshop, job: EnhanceJob): Promise<Enhanced> {
  const { log } = workshop;
  return withInput(job.source, job.signal, async (input) => {
    const percent = percentMeter(job.facts.duration, job.onProgress);
    let cpuSeconds = 0;
    for (const way of waysOf(workshop, job)) {
      const attempt = await encode(workshop, job, input, way, percent);
      cpuSeconds += attempt.cpuSeconds;
      if ('path' in attempt) {
        job.onProgress(100);
        const { notes: said, ...file } = attempt;
        const otherwise = way.plan !== job.plan;
        const notes = [...said, ...(otherwise ? [NOT_KEPT] : [])];
        return {
          ...file,
          ...(notes.length > 0 && { notes }),
          ...(otherwise && { otherwise: way.plan }),
          cpuSeconds: Math.round(cpuSeconds * 1000) / 1000,
          contentType: CONTENT_TYPES[way.encoder.container],
          encoder: way.encoder.name,
        };
      }
      log.warn('an encoder failed', { encoder: way.encoder.name, why: attempt.why });
    }
    throw encodeFailed('No encoder could write this video.');
  });
}

/**
 * A subtitle that cannot be converted ends the whole run: then the same encoder goes without, before a lesser one has
 * its turn.
 */
function waysOf({ encoders = ENCODERS, available }: Workshop, { facts, plan }: EnhanceJob): Way[] {
  const { hdr } = plan;
  const standard = encoders.map((encoder) => ({ encoder, plan: hdr?.otherwise ?? plan }));
  const high = hdr ? hdrEncoders(hdr).map((encoder) => ({ encoder, plan })) : [];
  return [...high, ...standard]
    .filter(({ encoder }) => available.has(encoder.name))
    .flatMap((way) =>
      way.encoder.container === 'mp4' && facts.subtitles.length > 0
        ? [
            { ...way, withoutSubtitles: false },
            { ...way, withoutSubtitles: true },
          ]
        : [{ ...way, withoutSubtitles: true }],
    );
}

type Attempt = Required<Pick<Enhanced, 'path' | 'size' | 'durationSeconds' | 'notes'>> | { why: string };

/**
 * One try. `why` means that another way may do better; what no other can mend is thrown. Leaves a file only when it
 * succeeds.
 */
async function encode(
  { ffmpeg, ffprobe, available, log, limits }: Workshop,
  { facts, source, scratch, signal }: EnhanceJob,
  input: Input,
  { plan, encoder, withoutSubtitles }: Way,
  percent: (seconds: number, reached: number) => void,
): Promise<Attempt & { cpuSeconds: number }> {
  const path = join(scratch, `enhanced.${encoder.container}`);
  const audioEncoder = encoder.container === 'mp4' ? 'aac' : available.has('libmp3lame') ? 'libmp3lame' : 'ac3';
  const args = encodeCommand({
    ...{ input: input.args, facts, plan, encoder, audioEncoder, withoutSubtitles },
    output: path,
  });
  const watch = progressWatch(signal, limits);
  let last: Progress = { frames: 0, seconds: 0 };
  const onStdout = progressReader((progress) => {
    watch.saw(progress);
    last = progress;
    percent(progress.seconds, input.reached());
  });
  let whole = false;
  try {
    const ended = await run({ program: ffmpeg, args, cwd: scratch, effort: 'work', signal: watch.signal, onStdout });
    const cpuSeconds = cpuOf(ended);
    input.blameStorage();
    if (ended.code !== 0) {
      log.info('ffmpeg failed', { encoder: encoder.name, ...ended, stderr: input.redact(ended.stderr) });
      await blame(ended, () => decodes(ffmpeg, input, facts.video.index, signal));
      return { why: `exit ${ended.code ?? ended.signal}`, cpuSeconds };
    }
    if (last.frames === 0) throw undecodable();
    if (facts.video.hdr && !plan.hdr && encoder.container === 'mp4') await forgetHdr(path);
    const damaged = isDamaged(ended.stderr);
    const tracks = tracksOf({ facts, encoder, withoutSubtitles });
    const promised = {
      ...{ container: encoder.container, coded: encoder.coded, ...last, color: plan.color },
      ...{ sounds: tracks.sounds, subtitles: tracks.subtitles.length, sourceSeconds: facts.duration },
      inStepWith: !damaged && last.frames === facts.video.frames ? facts : null,
    };
    let verified = await verify({ ffmpeg, ffprobe }, path, promised, signal);
    let { sounds } = tracks;
    if (verified.lacksSound) {
      sounds = await heardOf(ffmpeg, input, tracks.sounds, signal);
      const isUnheard = sounds.length < tracks.sounds.length;
      if (isUnheard) verified = await verify({ ffmpeg, ffprobe }, path, { ...promised, sounds }, signal);
    }
    let spent = cpuSeconds + verified.cpuSeconds;
    if (verified.fault) return { why: verified.fault, cpuSeconds: spent };
    const { isAll, until } = await compareEnds(
      ffprobe,
      { facts, source, input, path },
      verified.pictureSeconds,
      signal,
    );
    if (until !== undefined && encoder.container === 'mp4') {
      const held = await holdLast(ffmpeg, path, { end: until, pictures: last.frames }, signal);
      if (held.code !== 0) throw shortage(held) ?? encodeFailed('The last picture could not be made to last.');
      verified = await verify({ ffmpeg, ffprobe }, path, { ...promised, sounds }, signal);
      spent += held.cpuSeconds + verified.cpuSeconds;
      if (verified.fault) return { why: verified.fault, cpuSeconds: spent };
    }
    const { durationSeconds } = verified;
    const isShort = !isAll && isTooShort(facts, last.frames, durationSeconds);
    if (isShort && !HEADLESS.has(facts.container)) throw cutOff(facts, durationSeconds);
    const { size } = await stat(path);
    whole = true;
    const isOdd = damaged || isShort || verified.pictureSeconds < durationSeconds - NOTICEABLE;
    const isBroadcast = BROADCASTS.has(facts.container);
    const other = isBroadcast && isOdd ? await otherCodecAtEnd(ffprobe, { source, facts }, signal) : undefined;
    const notes = [
      ...(other ? [goesOnIn(other)] : [...(damaged ? [DAMAGED] : []), ...(isShort && isBroadcast ? [JUMPS] : [])]),
      ...notesOf(facts, tracks),
      ...(sounds.length < tracks.sounds.length ? [UNHEARD] : []),
    ];
    return { path, size, durationSeconds, cpuSeconds: spent, notes };
  } finally {
    watch.stop();
    if (!whole) await rm(path, { force: true });
  }
}

/** Throws where no other encoder would fare better: FFmpeg was ended, or it is the source that cannot be decoded. */
async function blame(ended: Ended, decodes: () => Promise<boolean>): Promise<void> {
  const { signal } = ended;
  const short = shortage(ended);
  if (short) throw short;
  if (signal === 'SIGTERM') throw encodeFailed('The encoder was ended.');
  if (!(await decodes())) throw undecodable();
}

/** What the owner of the video is told of its tracks. */
function notesOf(facts: SourceFacts, { sounds, subtitles }: Pick<SourceFacts, 'sounds' | 'subtitles'>): string[] {
  return [
    ...(subtitles.length < facts.subtitles.length ? [NO_SUBTITLES] : []),
    ...(sounds.length < facts.sounds.length ? [ONE_SOUND] : []),
  ];
}

/**
 * A file that was cut off still decodes up to there, and FFmpeg calls that a success. It is told from one whose header
 * exaggerates (edited, or with a long last picture) by two witnesses: picture and sound end too early, and, where
 * frames are counted, too few came.
 */
function isTooShort({ duration, video }: SourceFacts, frames: number, durationSeconds: number): boolean {
  const tooShort = durationSeconds < duration - leeway(duration);
  return tooShort && (video.frames === undefined || frames < video.frames * 0.99);
}

/** Nothing in them says beforehand how long they are, so that a part cannot be told from the whole. */
const HEADLESS = new Set([...BROADCASTS, 'mpegvideo', 'h264', 'hevc', 'm4v', 'vc1', 'dv']);

function cutOff({ duration }: SourceFacts, durationSeconds: number): BadInput {
  const [reached, promised] = [durationSeconds, duration].map((seconds) => seconds.toFixed(1));
  const detail = `Only ${reached} of its ${promised} seconds could be decoded: the file is cut off or damaged.`;
  return new BadInput('undecodable', detail);
}

function encodeFailed(detail: string): TransientError {
  return new TransientError('encode_failed', detail);
}
