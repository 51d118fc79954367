/** What is known of a source before it is worked on. */
export interface SourceFacts {
  /** The stream that is the video: never an attached picture. */
  video: {
    index: number;
    codec: string;
    /** As stored, before rotation. */
    width: number;
    height: number;
    color: ColorTags;
    /** How many, where the container counts them. */
    frames?: number;
  };
  audio: { index: number; codec: string; channels: number } | null;
  /** Of the video, in seconds; 0 where the container does not tell. */
  duration: number;
}

/** Colour description in FFmpeg's names; null where the source does not say. */
export interface ColorTags {
  matrix: string | null;
  primaries: string | null;
  transfer: string | null;
  range: 'tv' | 'pc' | null;
}

/** One decoded picture, packed 8-bit BGR, row by row without padding. */
export interface Frame {
  width: number;
  height: number;
  bgr: Uint8Array;
}
