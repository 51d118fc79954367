import type { Analysis } from '../analysis.ts';
import type { ColorTags, HdrFacts, LightFacts } from '../media.ts';
import type { Finding } from '../report.ts';

/** How one video is to be filtered: pure data that an FFmpeg command line is made from. */
export interface FilterPlan {
  /** FFmpeg's `-vf`: from decoded frames to 8-bit 4:2:0, or 10-bit with `hdr`. Empty where nothing is to be done. */
  graph: string;
  /** The tags the output carries, so that players show the colours the graph made. */
  color: ColorTags;
  /** What was found and what is done about it, for people. */
  findings: Finding[];
  /** Where the output is to stay in high dynamic range. */
  hdr?: KeptHdr;
}

export interface KeptHdr {
  kind: HdrFacts['kind'];
  /** What the output says of its light, too. */
  light: LightFacts | null;
  /** FFmpeg's filters from the output's pictures to 8-bit standard range, for images of it. */
  shown: string;
  /** What is done where there is no encoder for it. */
  otherwise: FilterPlan;
}

/** The picture a profile is given: decoded, upright, progressive, in standard dynamic range. */
export interface Picture {
  width: number;
  height: number;
  color: ColorTags;
  bitDepth: number;
  /** Filters count time from whatever comes first in the file: when they see the first picture, in seconds. */
  start?: number;
}

export interface Profile {
  name: string;
  /** One line for people who choose. */
  summary: string;
  /** Whether it decides by what the video looks like. Without, `plan` gets no analysis. */
  analyses: boolean;
  plan(picture: Picture, analysis: Analysis | null): FilterPlan;
}
