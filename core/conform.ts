import type { Analysis } from './analysis.ts';
import { deinterlacing } from './conform-fields.ts';
import { toStandardRange } from './conform-hdr.ts';
import { toPlainPixels } from './conform-pixels.ts';
import type { SourceFacts } from './media.ts';
import type { FilterPlan, Picture, Profile } from './profiles/profile.ts';
import type { Finding } from './report.ts';

/** What comes before a profile's own filters, whatever the source is. */
export interface Conformed {
  /** FFmpeg's filters, which come after its own turning of the picture. Empty for the plain case. */
  graph: string;
  /** What leaves it: upright, whole pictures, 8-bit 4:2:0 of limited range, in standard dynamic range. */
  picture: Picture;
  findings: Finding[];
}

/**
 * Brings any source into the one form that profiles work on: deinterlaced, tone-mapped, without transparency. No picture
 * is added or left out, and the shape of its pixels stays. 8-bit 4:2:0 of limited range that is no HDR and not
 * interlaced passes untouched, to the bit.
 *
 * Colour tags stay what they are where the samples do: a source without tags gets none, since players that guess go on
 * guessing the same.
 *
 * @param interlacing what the pictures themselves showed; null where nobody looked, and the header is all there is
 * @throws BadInput `unsupported` for colours that only the licensed decoder can read
 */
export function conform({ video, start }: SourceFacts, interlacing: Analysis['interlacing'] | null): Conformed {
  const fields = deinterlacing(video, interlacing);
  const colors = toStandardRange(video) ?? toPlainPixels(video);
  const { width, height, orientation } = video;
  const upright = orientation.rotation % 180 === 0 ? { width, height } : { width: height, height: width };
  return {
    graph: [...fields.graph, ...colors.graph].join(','),
    picture: { ...upright, color: colors.color, bitDepth: 8, start: Math.max(0, video.start - start) },
    findings: [...fields.findings, ...colors.findings],
  };
}

/**
 * The whole plan for a video: into the plain form first, then what the profile does to it.
 *
 * @param analysis null for a profile that looks at nothing
 * @throws BadInput `unsupported`, as `conform`
 */
export function planFor(profile: Profile, facts: SourceFacts, analysis: Analysis | null): FilterPlan {
  const { graph, picture, findings } = conform(facts, analysis?.interlacing ?? null);
  const plan = profile.plan(picture, analysis);
  return {
    graph: [graph, plan.graph].filter(Boolean).join(','),
    color: plan.color,
    findings: [...findings, ...plan.findings],
  };
}
