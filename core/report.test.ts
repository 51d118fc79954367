import { expect, it } from 'vitest';
import { type Finding, summaryOf } from './report.ts';

const finding = (subject: Finding['subject'], verdict: Finding['verdict']): Finding => ({
  ...{ subject, verdict, found: 'Found.', done: 'Done.' },
  ...{ confidence: 1, values: {} },
});

it('says in one sentence what was mended, in the order of the work', () => {
  const findings = [finding('sharpness', 'mended'), finding('noise', 'mended'), finding('exposure', 'mended')];
  expect(summaryOf(findings)).toBe('The video was brightened, freed of noise and sharpened.');
  expect(summaryOf(findings.slice(0, 1))).toBe('The video was sharpened.');
});

it('says so when there was nothing to mend', () => {
  expect(summaryOf([finding('noise', 'left'), finding('exposure', 'good')])).toMatch(/^Nothing had to be mended/);
});
