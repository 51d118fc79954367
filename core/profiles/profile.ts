import type { ColorTags } from '../media.ts';

/** How one video is to be filtered: pure data that an FFmpeg command line is made from. */
export interface FilterPlan {
  /** FFmpeg's `-vf`: from decoded frames to 8-bit 4:2:0. */
  graph: string;
  /** The tags the output carries, so that players show the colours the graph made. */
  color: ColorTags;
}

export interface Profile {
  name: string;
  /** One line for people who choose. */
  summary: string;
  /** The filter for a video with these properties. */
  plan(video: { width: number; height: number; color: ColorTags }): FilterPlan;
}
