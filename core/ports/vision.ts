import type { FrameMeasures } from '../measures.ts';

/** A decoded picture as it is displayed: packed 8-bit BGR, row by row without padding. */
export interface SampledFrame {
  /** In seconds from the video's first frame. */
  time: number;
  width: number;
  height: number;
  bgr: Uint8Array;
}

/** Eyes: measures pictures, off the main thread. */
export interface Vision {
  /** Takes the frame's memory: it cannot be used afterwards. */
  measure(frame: SampledFrame, signal: AbortSignal): Promise<FrameMeasures>;
  close(): Promise<void>;
}
