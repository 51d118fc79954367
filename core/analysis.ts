import type { FrameMeasures } from './measures.ts';

/** What a video looks like, from samples across the whole of it. Everything a profile decides by. */
export interface Analysis {
  /** At least one, in order, without gaps: the first starts at 0, the last ends with the video. */
  scenes: Scene[];
  /** By the pictures themselves, not by what the header claims. */
  interlacing: { order: 'tff' | 'bff' | 'progressive'; confidence: number };
  /** Black bars that every sample has, in pixels of the displayed picture. */
  bars: { top: number; bottom: number; left: number; right: number };
  samples: number;
}

export interface Scene {
  /** Seconds from the first frame; `end` is exclusive. */
  start: number;
  end: number;
  /** How it begins: by a cut, exactly at `start`, or somewhere around it, gradually. The first by a cut. */
  begins: 'cut' | 'gradual';
  /** At least one. */
  measures: FrameMeasures[];
}
