import type { EnhancementReport, Finding } from '../../core/report.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { sentenceCase } from '../words.ts';

const MARKS: Record<Finding['verdict'], { icon: IconName; says: string }> = {
  mended: { icon: 'wand', says: 'Mended' },
  left: { icon: 'hand', says: 'Left as it is' },
  good: { icon: 'check', says: 'Good' },
};

/** What was wrong and what was done, in plain words. */
export function Analysis({ report }: { report: EnhancementReport }) {
  const { summary, findings, left_out, notes, scenes, samples } = report;
  const told = findings.filter(({ verdict }) => verdict !== 'good');
  told.sort((a, b) => Number(a.verdict === 'left') - Number(b.verdict === 'left'));
  const good = findings.filter(({ verdict }) => verdict === 'good');
  return (
    <section class="panel" aria-labelledby="analysis-title">
      <h2 id="analysis-title">What was found, what was done</h2>
      <p class="lead">{summary}</p>
      {told.length > 0 && (
        <ul class="findings">
          {told.map((finding) => (
            <OneFinding key={finding.subject} finding={finding} />
          ))}
        </ul>
      )}
      {good.length > 0 && (
        <details>
          <summary>
            Also looked at, and good: {good.map(({ subject }) => subject.replaceAll('_', ' ')).join(', ')}
          </summary>
          <ul class="findings">
            {good.map((finding) => (
              <OneFinding key={finding.subject} finding={finding} />
            ))}
          </ul>
        </details>
      )}
      <Notes title="Good to know" lines={notes} />
      <Notes title="Not in the enhanced version" lines={left_out.map(({ what }) => what)} />
      {samples > 0 && (
        <p class="muted small">
          Judged by {samples} {samples === 1 ? 'picture' : 'pictures'} from {scenes} {scenes === 1 ? 'scene' : 'scenes'}
          .
        </p>
      )}
    </section>
  );
}

function OneFinding({ finding }: { finding: Finding }) {
  const { subject, verdict, found, done, confidence } = finding;
  const mark = MARKS[verdict];
  return (
    <li class={`finding finding-${verdict}`}>
      <Icon name={mark.icon} />
      <div>
        <h3>
          {sentenceCase(subject)} <span class="muted small">{mark.says}</span>
        </h3>
        <p>{found}</p>
        {verdict !== 'good' && done && <p class="done">{done}</p>}
        {confidence < 0.5 && <p class="muted small">This is rather a guess than a certainty.</p>}
      </div>
    </li>
  );
}

function Notes({ title, lines }: { title: string; lines: string[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="notes">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}
