import { z } from 'zod';
import { DROPPED } from './media.ts';

export const SUBJECTS = [
  'exposure',
  'contrast',
  'colour_cast',
  'saturation',
  'noise',
  'blocking',
  'sharpness',
  'interlacing',
  'letterbox',
  'dynamic_range',
] as const;

/** One thing that was looked at in a video: in numbers, and in one plain sentence each for what was found and done. */
export const Finding = z.object({
  subject: z.enum(SUBJECTS),
  /** `good`: nothing to mend; `mended`; `left`: something was seen, but mending it was not safe or not worth it. */
  verdict: z.enum(['good', 'mended', 'left']),
  /** "The picture is dark: half of it is below level 31 of 255." */
  found: z.string(),
  /** "Brightened by a gamma of 1.8." */
  done: z.string(),
  /** 0 to 1: how sure the finding is. */
  confidence: z.number().min(0).max(1),
  /** What was measured and what was set, by name. */
  values: z.record(z.string(), z.number()),
});
export type Finding = z.infer<typeof Finding>;

/** What is told of a video that was looked at. */
export const EnhancementReport = z.object({
  /** One sentence for the whole. */
  summary: z.string(),
  samples: z.int(),
  scenes: z.int(),
  findings: z.array(Finding),
  /** What the file held that its enhanced version does not, each in words. */
  left_out: z.array(z.object({ kind: z.enum(DROPPED), what: z.string() })),
  /** What else its owner should know, a plain sentence each. */
  notes: z.array(z.string()),
});
export type EnhancementReport = z.infer<typeof EnhancementReport>;

const MENDED: Record<Finding['subject'], string> = {
  interlacing: 'made of whole pictures again',
  dynamic_range: 'brought to standard range',
  exposure: 'brightened',
  contrast: 'given its contrast back',
  colour_cast: 'freed of its tint',
  saturation: 'given stronger colours',
  noise: 'freed of noise',
  blocking: 'freed of blocks',
  sharpness: 'sharpened',
  letterbox: 'freed of its bars',
};

/** All that was done, in one sentence. */
export function summaryOf(findings: Finding[]): string {
  const subjects = new Set(findings.flatMap(({ subject, verdict }) => (verdict === 'mended' ? [subject] : [])));
  const done = Object.entries(MENDED).flatMap(([subject, words]) =>
    subjects.has(subject as Finding['subject']) ? [words] : [],
  );
  const last = done.pop();
  if (!last) return 'Nothing had to be mended: the picture was left as it is.';
  return `The video was ${done.length > 0 ? `${done.join(', ')} and ` : ''}${last}.`;
}
