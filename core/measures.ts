/**
 * What one sampled frame shows. Levels are 8-bit and display-referred (0 black, 255 white, full range), whatever the
 * source's own depth and range are.
 */
export interface FrameMeasures {
  /** Of the frame in the video, in seconds from its first. */
  time: number;
  luma: Percentiles & { mean: number };
  /** Shares of the picture, 0 to 1, that sit at the ends of the scale. */
  clipped: { black: number; white: number };
  /** Per channel: what cast and levels are judged by. */
  channels: { r: ChannelMeasures; g: ChannelMeasures; b: ChannelMeasures };
  /** Mean chroma, 0 grey to 1 as strong as colours get. */
  saturation: number;
  /** σ in levels: of the finest grain at full size, and of what is left at half size, where compressed noise lives. */
  noise: { fine: number; coarse: number; confidence: number };
  /** Laplacian over gradient on strong edges: sharp about 0.7 to 1.2, blurred below 0.5. Confidence by how many edges. */
  sharpness: { value: number; confidence: number };
  /** How much stronger steps are on the 8×8 grid than off it: 1 where there are no blocks. */
  blockiness: { value: number; confidence: number };
  /**
   * Share of the picture, 0 to 1, that is in even colours: in levels that stand alone, as no lens or sensor makes them. What
   * is black or white does not count.
   */
  even: number;
  tints: Tints;
  /** Black bars in pixels of the frame; all else is measured inside them. Of a black frame, the whole on each side. */
  bars: { top: number; bottom: number; left: number; right: number };
}

export interface Tints {
  /**
   * How much of the colours does not follow from how bright a place is, 0 to 1: 0 of a toned picture, where all of one
   * level have one colour, 0.5 to 0.9 of most others.
   */
  own: number;
  /** Red and blue against green, on the mean: of the darker half, and of the brightest quarter. */
  dark: Tint;
  bright: Tint;
}

export interface Tint {
  r: number;
  b: number;
}

export interface Percentiles {
  p01: number;
  p05: number;
  p50: number;
  p95: number;
  p99: number;
}

export interface ChannelMeasures extends Percentiles {
  mean: number;
  /** The high norm (Minkowski, p = 6) of what is not clipped: what a grey world of bright things would be. */
  norm: number;
}
