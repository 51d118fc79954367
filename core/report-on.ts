import type { Analysis } from './analysis.ts';
import type { SourceFacts } from './media.ts';
import type { FilterPlan, Profile } from './profiles/profile.ts';
import type { EnhancementReport, Finding } from './report.ts';

const NAMES: Record<Finding['subject'], string> = {
  exposure: 'the brightness',
  contrast: 'the contrast',
  colour_cast: 'a colour cast',
  saturation: 'the saturation',
  noise: 'noise',
  blocking: 'compression blocks',
  sharpness: 'the sharpness',
  interlacing: 'interlacing',
  letterbox: 'black bars',
  dynamic_range: 'the dynamic range',
};

/** What is told of a video once it is known what will be done to it. */
export function reportOn(
  profile: Pick<Profile, 'analyses' | 'summary'>,
  { findings }: Pick<FilterPlan, 'findings'>,
  analysis: Pick<Analysis, 'samples' | 'scenes'> | null,
  { dropped }: Pick<SourceFacts, 'dropped'>,
): EnhancementReport {
  const mended = findings.filter(({ verdict }) => verdict === 'mended').map(({ subject }) => NAMES[subject]);
  return {
    summary: mended.length > 0 ? `Mended: ${listed(mended)}.` : profile.analyses ? UNTOUCHED : profile.summary,
    samples: analysis?.samples ?? 0,
    scenes: analysis?.scenes.length ?? 0,
    findings,
    left_out: dropped,
    notes: [],
  };
}

const UNTOUCHED = 'Nothing had to be mended: the picture was left as it is.';

function listed(names: string[]): string {
  const unique = [...new Set(names)];
  const last = unique.at(-1) ?? '';
  return unique.length > 1 ? `${unique.slice(0, -1).join(', ')} and ${last}` : last;
}
