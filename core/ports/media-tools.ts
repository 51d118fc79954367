import type { Readable } from 'node:stream';
import type { Analysis } from '../analysis.ts';
import type { FrameMeasures } from '../measures.ts';
import type { Frame, SourceFacts } from '../media.ts';
import type { Way } from '../playable.ts';
import type { FilterPlan } from '../profiles/profile.ts';
import type { Timeline } from '../timeline.ts';
import type { SampledFrame } from './vision.ts';

/** Bytes that can be read anywhere, such as an object in S3. Counts what was read. */
export interface RangeSource {
  size: number;
  /** Names these bytes for as long as there are any: what was read under one name needs not be read again. */
  identity?: string;
  /** Both ends inclusive. */
  read(start: number, end: number, signal: AbortSignal): Promise<Readable>;
}

/** FFmpeg and ffprobe, confined: they reach the given source and nothing else. */
export interface MediaTools {
  /**
   * What is in the file.
   *
   * @throws BadInput `not_a_video` when the bytes hold no video (audio only too), `unreadable` when they cannot be parsed,
   * `too_long`, `too_large` or `too_fast` when it is beyond what a video may be.
   */
  probe(source: RangeSource, signal: AbortSignal): Promise<Probe>;

  /**
   * The first frame as a player shows it.
   *
   * @throws BadInput `undecodable` when there is none.
   */
  firstFrame(source: RangeSource, signal: AbortSignal): Promise<Frame>;

  /**
   * Pictures from across the whole video, in order: keyframes where there are enough, so that little has to be decoded.
   * About as many as asked for, fewer where the video has fewer, none where none can be decoded. The next one is made
   * while the last is looked at, and no more than that.
   *
   * @throws TransientError when the source cannot be read
   */
  sample(
    source: RangeSource,
    facts: SourceFacts,
    wanted: SamplesWanted,
    signal: AbortSignal,
  ): AsyncIterable<SampledFrame>;

  /** Hard cuts in a stretch of the video, each with the picture that comes after it: exact to the picture. */
  cuts(source: RangeSource, facts: SourceFacts, stretch: Stretch, signal: AbortSignal): Promise<Cut[]>;

  /** Whether pictures are made of two fields from different moments, by looking at a few stretches. */
  interlacing(source: RangeSource, facts: SourceFacts, signal: AbortSignal): Promise<Analysis['interlacing']>;

  /**
   * Decodes, filters and encodes in one process, to a file that streams at once. Tries each encoder there is, best
   * first, and says which one wrote the file. High dynamic range that is to stay needs encoders of its own: without
   * them, `plan.hdr.otherwise` is done.
   *
   * @throws BadInput `undecodable` when the source breaks it, TransientError `encode_failed` when we do.
   */
  enhance(job: EnhanceJob): Promise<Enhanced>;

  /**
   * Where and how the source is to be cut into chunks of about so many seconds; null where it is to be worked on whole.
   *
   * @throws TransientError when the source cannot be read
   */
  cut(job: CutJob): Promise<Cutting | null>;

  /**
   * Decodes, filters and encodes one chunk, and looks at what came of it. What comes out depends on nothing but the job.
   *
   * @throws TransientError `chunk_failed` also where the source or the cutting may be to blame: work on the whole video
   *   will tell; `other_build` when this is not the FFmpeg that the plan was made with
   */
  enhanceChunk(job: ChunkJob): Promise<EncodedChunk>;

  /**
   * Everything of the output but its pictures: all sound, encoded once and whole, subtitles and chapters.
   *
   * @throws TransientError `sound_failed`
   */
  encodeSound(job: Omit<ChunkJob, 'index' | 'plan'>): Promise<Pick<Enhanced, 'path' | 'size' | 'cpuSeconds' | 'notes'>>;

  /**
   * Joins chunks and sound without encoding anything, to a file that streams at once, and looks at it.
   *
   * @throws TransientError `not_joined` when they do not fit together
   */
  assemble(job: AssemblyJob): Promise<Pick<Enhanced, 'path' | 'size' | 'durationSeconds' | 'cpuSeconds'>>;

  /**
   * The source as an MP4 that every browser plays, with the times of what `enhance` writes, so that both run in step.
   * Where the pictures cannot be kept, they are encoded anew: by a plan without repairs, at most 720 lines of them.
   *
   * @throws as `enhance`
   */
  makePlayable(job: PlayableJob): Promise<Playable>;

  /**
   * The picture that stands for a video which `enhance` wrote.
   *
   * @throws TransientError `poster_failed`
   */
  makePoster(job: PosterJob): Promise<Poster>;
}

export interface Probe {
  facts: SourceFacts;
  /** ffprobe's own JSON: `format`, `streams`, `chapters`. */
  report: {
    format: Record<string, unknown>;
    streams: Record<string, unknown>[];
    chapters: Record<string, unknown>[];
  };
}

export interface SamplesWanted {
  count: number;
  /** FFmpeg's filters that bring a picture into the form it is to be looked at in; each has to do with one picture. */
  graph: string;
}

/** In seconds from the video's first picture. */
export interface Stretch {
  from: number;
  to: number;
}

export interface Cut {
  /** Of the first picture after the cut, in seconds from the video's first. */
  time: number;
  /** How much changes, 0 to 100. */
  score: number;
}

export interface EnhanceJob {
  source: RangeSource;
  facts: SourceFacts;
  plan: FilterPlan;
  /** An empty folder of this job's own. */
  scratch: string;
  /** 0 to 100, about twice a second. */
  onProgress(percent: number): void;
  signal: AbortSignal;
}

export interface CutJob extends Pick<EnhanceJob, 'source' | 'facts' | 'plan' | 'signal'> {
  seconds: number;
  /** What was seen of it, in the order of time; none where nobody looked. */
  samples: readonly FrameMeasures[];
}

/** How a video is cut, and everything else that its chunks depend on. */
export interface Cutting {
  timeline: Timeline;
  /** FFmpeg's name of the encoder, its threads, and FFmpeg's own version. */
  encoder: string;
  threads: number;
  build: string;
  /** Whether there is anything beside the pictures. */
  sound: boolean;
  /** The last picture that there is. Not in plans that were made before there was this. */
  ending?: Ending;
}

/** How a source ends, in seconds by the output's clock. */
export interface Ending {
  last: number;
  /** When that picture ends, where it is shown for noticeably long. */
  until: number | null;
}

export interface ChunkJob extends EnhanceJob {
  cut: Cutting;
  index: number;
}

/** A chunk's pictures, encoded and looked at again. */
export interface EncodedChunk {
  /** An MP4 with nothing in it but the chunk's pictures, the first at 0; inside `scratch`. */
  path: string;
  size: number;
  frames: number;
  /** Of the first and the last picture, in ticks of the output. */
  first: number;
  last: number;
  /** Of all pictures' times, counted from the first, and of their bytes, in the order that they lie in. */
  fingerprint: string;
  parameterSets: string;
  cpuSeconds: number;
  notes?: string[];
}

export interface AssemblyJob extends Pick<EnhanceJob, 'facts' | 'scratch' | 'signal'> {
  /** In order; their files lie in `scratch` and have plain names. */
  chunks: readonly Omit<EncodedChunk, 'size' | 'cpuSeconds' | 'notes'>[];
  /** The file that `encodeSound` made, where there was anything for it. */
  sound: string | null;
  /** As the source was found to end. */
  ending: Ending | undefined;
}

export interface Enhanced {
  /** The file, inside `scratch`. */
  path: string;
  size: number;
  contentType: 'video/mp4' | 'video/x-msvideo';
  encoder: string;
  durationSeconds: number;
  cpuSeconds: number;
  /** What its owner should know of it, a plain sentence each: that the source is damaged, that something is missing. */
  notes?: string[];
  /** The plan that was followed, where it is not the one of the job. */
  otherwise?: FilterPlan;
}

export interface PlayableJob extends EnhanceJob {
  way: Exclude<Way, { way: 'original' }>;
}

export interface Playable extends Pick<Enhanced, 'path' | 'size' | 'cpuSeconds'> {
  way: PlayableJob['way']['way'];
}

export interface PosterJob extends Pick<Enhanced, 'path' | 'durationSeconds'> {
  /** FFmpeg's filters that bring its pictures to 8-bit standard range, where they are not. */
  shown?: string | undefined;
  /** A folder of this job's own. */
  scratch: string;
  signal: AbortSignal;
}

export interface Poster {
  /** As displayed, in square pixels. */
  width: number;
  height: number;
  /** Files inside `scratch`. WebP where it can be written. */
  jpeg: { path: string; size: number };
  webp?: { path: string; size: number };
  cpuSeconds: number;
}
