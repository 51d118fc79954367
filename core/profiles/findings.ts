import type { Analysis } from '../analysis.ts';
import { type Finding, SUBJECTS } from '../report.ts';

const WEIGHT = { mended: 2, left: 1, good: 0 };

/** One finding a subject for the whole video: the gravest of its scenes', and of those the one that lasts longest. */
export function findingsOf(
  scenes: { start: number; end: number }[],
  perScene: Finding[][],
  bars: Analysis['bars'],
): Finding[] {
  const found = SUBJECTS.flatMap((subject) => {
    const candidates = scenes.flatMap(({ start, end }, i) =>
      (perScene[i] ?? []).flatMap((finding) =>
        finding.subject === subject ? [{ finding, seconds: end - start }] : [],
      ),
    );
    const [worst] = candidates.toSorted(
      (a, b) => WEIGHT[b.finding.verdict] - WEIGHT[a.finding.verdict] || b.seconds - a.seconds,
    );
    if (!worst) return [];
    const alike = candidates.filter(({ finding }) => finding.verdict === worst.finding.verdict).length;
    return [alike === scenes.length ? worst.finding : inSome(worst.finding, alike, scenes.length)];
  });
  return [...found, letterbox(bars)];
}

function inSome(finding: Finding, some: number, all: number): Finding {
  return {
    ...finding,
    found: `In ${some} of ${all} scenes: ${finding.found.charAt(0).toLowerCase()}${finding.found.slice(1)}`,
    values: { ...finding.values, scenes: some },
  };
}

/** Bars are part of the frame that somebody chose: they stay, and are only spoken of. */
function letterbox({ top, bottom, left, right }: Analysis['bars']): Finding {
  const values = { top, bottom, left, right };
  if (top + bottom + left + right === 0) {
    return {
      subject: 'letterbox',
      verdict: 'good',
      found: 'There are no black bars.',
      done: 'Nothing was to be done.',
      confidence: 0.9,
      values,
    };
  }
  const where = top + bottom > 0 ? (left + right > 0 ? 'all around' : 'above and below') : 'left and right';
  return {
    subject: 'letterbox',
    verdict: 'left',
    found: `There are black bars ${where} the picture.`,
    done: 'They were left: cutting them off would change its shape.',
    confidence: 0.9,
    values,
  };
}
