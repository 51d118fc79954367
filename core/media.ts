/** What is known of a source before it is worked on. */
export interface SourceFacts {
  /** FFmpeg's name of the container, or of its family: `mov,mp4,m4a,3gp,3g2,mj2`. */
  container: string;
  video: VideoFacts;
  /** The sound that plays when nobody chooses: one of `sounds`. */
  audio: AudioFacts | null;
  /** All that can be decoded, in the order of the file. */
  sounds: AudioFacts[];
  /** Those in text, which an MP4 can carry. */
  subtitles: SubtitleFacts[];
  chapters: number;
  /** What people wrote on it (`title`, `artist`, …), and nothing that gives away where, with what or by whom. */
  tags: Record<string, string>;
  /** Of the video, in seconds; 0 where the container does not tell. */
  duration: number;
  /** Of whatever comes first, in the container's own time: what the output's 0 is. */
  start: number;
  /** What is in the file and will not be in the output. */
  dropped: Dropped[];
}

export interface VideoFacts {
  /** The stream that is the video: never an attached picture. */
  index: number;
  codec: string;
  /** As stored, before rotation. */
  width: number;
  height: number;
  color: ColorTags;
  /** How many, where the container counts them. */
  frames?: number;
  /** FFmpeg's name: `yuv420p10le`. Empty where the header does not tell. */
  pixelFormat: string;
  pixels: PixelLayout;
  /** By FFmpeg's name, where its own would leave something of the pictures out. */
  decoder?: string;
  /** How a player turns the stored picture: first mirrored left to right, then turned clockwise. */
  orientation: Orientation;
  /** Width over height of a stored pixel; 1 to 1 where the source does not say. */
  sampleAspect: Ratio;
  /** Pictures a second on average; 0 where unknown. */
  frameRate: number;
  /** Whether the header lets expect pictures that are not evenly spaced. */
  variable: boolean;
  /** What the header claims: in which order fields were taken. */
  fieldOrder: 'progressive' | 'tff' | 'bff' | null;
  hdr: HdrFacts | null;
  /** Of the first picture, in the container's own time. */
  start: number;
  /** By how many seconds FFmpeg takes all pictures to be later than they are, where it has to guess; most often not at all. */
  reorderDelay?: number;
}

export interface PixelLayout {
  bitDepth: number;
  model: 'yuv' | 'rgb' | 'gray' | 'palette';
  /** Of YUV. */
  chroma: '4:2:0' | 'other';
  alpha: boolean;
}

export interface Orientation {
  rotation: 0 | 90 | 180 | 270;
  mirrored: boolean;
}

export interface Ratio {
  num: number;
  den: number;
}

export interface HdrFacts {
  kind: 'pq' | 'hlg';
  /** The brightest that the makers say the pictures get, in cd/m²; null where nobody says. */
  peak: number | null;
  /** What the pictures say of their light, where they do. */
  light?: LightFacts;
  /** Where there are Dolby's instructions beside the pictures; `alone`: nobody can read the pictures without them. */
  dolbyVision: { profile: number; alone: boolean } | null;
}

export interface LightFacts {
  /** The display they were graded on: CIE 1931 xy of its colours, and its range in cd/m². SMPTE ST 2086 */
  display: { red: Point; green: Point; blue: Point; white: Point; darkest: number; brightest: number } | null;
  /** The brightest pixel, and the brightest picture on average, in cd/m². CTA-861.3 */
  content: { most: number; average: number } | null;
}

export interface Point {
  x: number;
  y: number;
}

export interface AudioFacts {
  index: number;
  codec: string;
  channels: number;
  /** ISO 639-2, where the source says. */
  language: string | null;
  title: string | null;
  default: boolean;
  /** Of its first sample and its length, in seconds; null where the container does not tell. */
  start: number | null;
  duration: number | null;
}

export interface SubtitleFacts {
  index: number;
  codec: string;
  language: string | null;
  title: string | null;
  default: boolean;
}

export const DROPPED = ['data', 'picture', 'subtitle', 'video', 'audio', 'attachment', 'location', 'device'] as const;

/** Something that stays behind, and what it is in words: "a data stream (GPS track, gpmd)". */
export interface Dropped {
  kind: (typeof DROPPED)[number];
  what: string;
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
