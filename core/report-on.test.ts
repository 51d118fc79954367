import { expect, it } from 'vitest';
import type { Finding } from './report.ts';
import { reportOn } from './report-on.ts';

const finding = (subject: Finding['subject'], verdict: Finding['verdict']): Finding => ({
  subject,
  verdict,
  found: '',
  done: '',
  confidence: 1,
  values: {},
});
const looking = { analyses: true, summary: 'mends' };
const analysis = { samples: 7, scenes: [] };

it('names what was mended, each once', () => {
  const findings = [finding('noise', 'mended'), finding('exposure', 'mended'), finding('noise', 'mended')];
  const report = reportOn(looking, { findings: [...findings, finding('sharpness', 'left')] }, analysis, {
    dropped: [],
  });
  expect(report.summary).toBe('Mended: noise and the brightness.');
  expect(report).toMatchObject({ samples: 7, scenes: 0, notes: [] });
});

it('says so when nothing was', () => {
  const { summary } = reportOn(looking, { findings: [finding('noise', 'good')] }, analysis, { dropped: [] });
  expect(summary).toBe('Nothing had to be mended: the picture was left as it is.');
});

it('speaks of the profile where nobody looked, and lists what stays behind', () => {
  const dropped = [{ kind: 'location' as const, what: 'where it was filmed' }];
  const report = reportOn({ analyses: false, summary: 'A fixed formula.' }, { findings: [] }, null, { dropped });
  expect(report).toMatchObject({ summary: 'A fixed formula.', samples: 0, left_out: dropped });
});
