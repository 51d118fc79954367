import type { Readable } from 'node:stream';
import type { Frame, SourceFacts } from '../media.ts';
import type { FilterPlan } from '../profiles/profile.ts';

/** Bytes that can be read anywhere, such as an object in S3. Counts what was read. */
export interface RangeSource {
  size: number;
  /** Both ends inclusive. */
  read(start: number, end: number, signal: AbortSignal): Promise<Readable>;
}

/** FFmpeg and ffprobe, confined: they reach the given source and nothing else. */
export interface MediaTools {
  /**
   * What is in the file.
   *
   * @throws BadInput `not_a_video` when the bytes hold no video (audio only too), `unreadable` when they cannot be parsed.
   */
  probe(source: RangeSource, signal: AbortSignal): Promise<Probe>;

  /**
   * The first frame as a player shows it.
   *
   * @throws BadInput `undecodable` when there is none.
   */
  firstFrame(source: RangeSource, signal: AbortSignal): Promise<Frame>;

  /**
   * Decodes, filters and encodes in one process, to a file that streams at once. Tries each encoder there is, best
   * first, and says which one wrote the file.
   *
   * @throws BadInput `undecodable` when the source breaks it, TransientError `encode_failed` when we do.
   */
  enhance(job: EnhanceJob): Promise<Enhanced>;
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

export interface Enhanced {
  /** The file, inside `scratch`. */
  path: string;
  size: number;
  contentType: 'video/mp4' | 'video/x-msvideo';
  encoder: string;
  durationSeconds: number;
  cpuSeconds: number;
}
