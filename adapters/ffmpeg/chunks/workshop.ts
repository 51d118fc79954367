import { TransientError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import type { Cutting, MediaTools } from '../../../core/ports/index.ts';
import type { SourceLimits } from '../../../core/source-limits.ts';
import { planTimeline } from '../../../core/timeline.ts';
import { reachOf } from '../../../core/timeline-reach.ts';
import { forgetHdr } from '../boxes.ts';
import { ENCODERS, type Encoder } from '../encoders.ts';
import type { FfmpegPrograms } from '../find-ffmpeg.ts';
import { endingOf } from '../last-picture.ts';
import { assemble } from './assemble.ts';
import { encodeChunk } from './encode-chunk.ts';
import { findJoints } from './joints.ts';
import { encodeSound, hasSound } from './sound.ts';

/** The one encoder that promises the same bytes whatever the machine. */
const PINNED = 'libx264';

export interface ChunkWorkshop extends FfmpegPrograms {
  log: Log;
  /** What this FFmpeg can encode with, and its version. */
  inventory(signal: AbortSignal): Promise<{ available: ReadonlySet<string>; build: string }>;
  /** What to try, in this order. */
  encoders?: readonly Encoder[] | undefined;
  /** Of the encoder. */
  threads: number;
  limits?: SourceLimits | undefined;
}

/** The media tools for a video that is worked on in chunks. */
export function chunkTools(
  workshop: ChunkWorkshop,
): Pick<MediaTools, 'cut' | 'enhanceChunk' | 'encodeSound' | 'assemble'> {
  const { ffmpeg, ffprobe, log, inventory, encoders = ENCODERS, threads, limits } = workshop;

  async function encoderOf({ encoder: name, build }: Cutting, signal: AbortSignal): Promise<Encoder> {
    const ours = await inventory(signal);
    const encoder = encoders.find((each) => each.name === name);
    if (encoder && ours.build === build) return encoder;
    throw new TransientError('other_build', `This worker has FFmpeg ${ours.build}; the plan was made with ${build}.`);
  }

  return {
    async cut({ source, facts, plan, seconds, samples, signal }) {
      const { available, build } = await inventory(signal);
      const encoder = encoders.find(({ name }) => available.has(name));
      const reach = reachOf(plan.graph);
      if (encoder?.name !== PINNED || reach === null || plan.hdr) return null;
      const sights = await findJoints(ffprobe, { source, facts, reach, signal }, log);
      const timeline = sights && planTimeline(sights, { aim: seconds, samples });
      if (!timeline || timeline.chunks.length < 2) return null;
      const ending = await endingOf(ffprobe, { source, facts, signal });
      if (!ending) {
        log.info('not cut: it ends before its header says so, or nobody knows where');
        return null;
      }
      return { timeline, encoder: encoder.name, threads, build, sound: hasSound(facts), ending };
    },

    async enhanceChunk({ cut, index, ...job }) {
      const encoder = await encoderOf(cut, job.signal);
      const { timeline } = cut;
      const chunk = timeline.chunks[index];
      if (!chunk) throw new TransientError('chunk_failed', `There is no chunk ${index}.`);
      const encoding = { ...job, timeline, chunk, encoder, threads: cut.threads, ending: cut.ending, limits };
      return encodeChunk({ ffmpeg, ffprobe }, encoding, log);
    },

    async encodeSound({ cut, ...job }) {
      return encodeSound({ ffmpeg, ffprobe }, { ...job, limits, encoder: await encoderOf(cut, job.signal) }, log);
    },

    async assemble({ chunks, facts, sound, ending, scratch, signal }) {
      const joined = await assemble(
        { ffmpeg, ffprobe },
        { pieces: chunks, sound, ending, tags: facts.tags, scratch, signal },
        log,
      );
      if (facts.video.hdr) await forgetHdr(joined.path);
      return joined;
    },
  };
}
