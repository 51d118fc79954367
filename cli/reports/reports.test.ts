import { afterEach, expect, test, vi } from 'vitest';
import { recorder } from '../testing/world.ts';
import { jsonReport } from './json.ts';
import { liveReport } from './live.ts';
import { plainReport } from './plain.ts';
import type { FileStatus } from './report.ts';
import { bytes, inColumns, safe } from './text.ts';

afterEach(() => vi.useRealTimers());

const status = (change: Partial<FileStatus> = {}): FileStatus => ({
  file: 'clip.mp4',
  file_id: 'id',
  stage: 'enhancing',
  progress: 0,
  bytes: null,
  metadata: { status: 'pending', progress: 0, error: null },
  analysis: null,
  error: null,
  outputs: {},
  seconds: 0,
  ...change,
});

const ESC = '\x1b';
const PIECES = new RegExp(`${ESC}\\[[?\\d;]*[A-Za-z]|\n|\r|[^${ESC}\n\r]+`, 'g');

/** What a terminal shows after all that was written to it: enough of one for what bars do. */
function shown(text: string): string[] {
  const lines = [''];
  let row = 0;
  for (const [piece] of text.matchAll(PIECES)) {
    if (piece.startsWith('\x1b') && piece.endsWith('A')) row -= Number.parseInt(piece.slice(2), 10);
    else if (piece === '\x1b[J') lines.splice(row, lines.length, '');
    else if (piece === '\n') lines[++row] ??= '';
    else if (!piece.startsWith('\x1b') && piece !== '\r') lines[row] += piece;
  }
  return lines.filter((line) => line !== '');
}

test('plain: a line for each change of state and each tenth, however often one is told', () => {
  vi.useFakeTimers();
  const [out, err] = [recorder(), recorder()];
  const report = plainReport(out, err, '/v');
  report.file(status({ stage: 'uploading', bytes: { moved: 0, total: 2048 } }));
  for (let progress = 0; progress <= 100; progress += 0.5) {
    vi.advanceTimersByTime(100);
    report.file(status({ progress }));
  }
  // Given to another worker, it may begin again.
  report.file(status({ stage: 'queued', progress: 100 }));
  const metadata = { status: 'completed', progress: 100, error: null } as const;
  report.file(status({ metadata }));
  report.file(status({ metadata, stage: 'failed', error: { code: 'x', message: 'No.' } }));
  expect(out.lines()).toEqual([
    'clip.mp4: uploading (2.0 KiB)',
    'clip.mp4: enhancing',
    ...[10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((tenth) => `clip.mp4: enhancing ${tenth} %`),
    'clip.mp4: queued',
    'clip.mp4: metadata completed',
    'clip.mp4: enhancing',
  ]);
  expect(err.lines()).toEqual(['clip.mp4: failed: No.']);
});

test('plain: what is over in a moment needs no progress', () => {
  vi.useFakeTimers();
  const out = recorder();
  const report = plainReport(out, recorder(), '/v');
  for (let progress = 0; progress <= 50; progress += 1) report.file(status({ progress }));
  vi.advanceTimersByTime(1_000);
  report.file(status({ progress: 51 }));
  expect(out.lines()).toEqual(['clip.mp4: enhancing', 'clip.mp4: enhancing 50 %']);
});

test('json: an event for each whole per cent, notes on stderr', () => {
  const [out, err] = [recorder(), recorder()];
  const report = jsonReport(out, err);
  report.note('starting');
  for (const progress of [0, 0.2, 0.9, 1, 1.5, 2]) report.file(status({ progress }));
  expect(out.lines().map((line) => JSON.parse(line).progress)).toEqual([0, 1, 2]);
  expect(err.text()).toBe('starting\n');
});

test('live: one line a file under way, with what has ended above', () => {
  vi.useFakeTimers();
  const screen = Object.assign(recorder(), { columns: 100 });
  const report = liveReport(screen, true, '/v');
  report.note('hello');
  report.file(status({ file: 'a.mp4', progress: 10 }));
  report.file(status({ file: 'b.mp4', stage: 'uploading', progress: 50, bytes: { moved: 1, total: 2 } }));
  vi.advanceTimersByTime(150);
  report.file(status({ file: 'a.mp4', progress: 60, metadata: { status: 'completed', progress: 100, error: null } }));
  vi.advanceTimersByTime(150);
  const middle = shown(screen.text());
  expect(middle).toHaveLength(3);
  expect(middle[0]).toBe('hello');
  expect(middle[1]).toMatch(/^a\.mp4 .* 60% enhancing +metadata completed/);
  expect(middle[2]).toMatch(/^b\.mp4 .* 50% uploading 1 byte of 2 bytes/);

  report.file(status({ file: 'a.mp4', stage: 'done', seconds: 2, outputs: { video: '/v/a.enhanced.mp4' } }));
  report.file(status({ file: 'b.mp4', stage: 'failed', error: { code: 'x', message: 'No.' } }));
  report.summary({ done: 1, failed: 1, cancelled: 0 });
  report.close();
  expect(shown(screen.text())).toEqual([
    'hello',
    '✓ a.mp4: done in 2.0 s: a.enhanced.mp4',
    '✗ b.mp4: failed: No.',
    '1 of 2 videos enhanced, 1 failed',
  ]);
});

test('live: several have a bar for all of them below, by their sizes, which never goes back', () => {
  vi.useFakeTimers();
  const screen = Object.assign(recorder(), { columns: 100 });
  const report = liveReport(screen, false, '/v');
  report.begin([
    { file: 'small.mp4', size: 100 },
    { file: 'large.mp4', size: 900 },
  ]);
  const last = () => {
    vi.advanceTimersByTime(150);
    return shown(screen.text()).at(-1);
  };
  report.file(status({ file: 'small.mp4', stage: 'uploading', progress: 100 }));
  expect(last()).toMatch(/^all together +░+ +2% 0 of 2 ended$/);
  report.file(status({ file: 'small.mp4', stage: 'failed', error: { code: 'x', message: 'No.' } }));
  report.file(status({ file: 'large.mp4', progress: 100 }));
  expect(last()).toMatch(/^all together +█+░+ +95% 1 of 2 ended, 1 failed$/);
  report.file(status({ file: 'large.mp4', stage: 'queued' }));
  expect(last()).toMatch(/ 95% /);
  report.file(status({ file: 'large.mp4', stage: 'done', outputs: { video: '/v/large.enhanced.mp4' } }));
  report.close();
  expect(shown(screen.text()).join()).not.toContain('all together');
});

test('live: one alone needs no bar for all', () => {
  const screen = recorder();
  const report = liveReport(screen, false, '/v');
  report.begin([{ file: 'clip.mp4', size: 1 }]);
  report.file(status());
  report.close();
  expect(screen.text()).not.toContain('all together');
});

const FINDING = { subject: 'noise', confidence: 1, values: {} } as const;
const ANALYSIS: FileStatus['analysis'] = {
  summary: 'Mended: noise.',
  samples: 5,
  scenes: 1,
  findings: [
    { ...FINDING, verdict: 'mended', found: 'It is grainy.', done: 'It was calmed.' },
    { ...FINDING, verdict: 'good', found: 'It is sharp.', done: 'Nothing.' },
  ],
  left_out: [{ kind: 'location', what: 'where it was filmed' }],
  notes: ['Some of it is damaged.'],
};
const TOLD = [
  'Mended: noise.',
  'It is grainy. It was calmed.',
  'Some of it is damaged.',
  'Left out: where it was filmed.',
];

test('at the end it is told what was found and done, to people in words and to programs as it is', () => {
  const done = status({ stage: 'done', analysis: ANALYSIS, seconds: 2 });
  const plain = recorder();
  plainReport(plain, recorder(), '/v').file(done);
  expect(plain.lines().slice(0, -1)).toEqual(TOLD.map((line) => `clip.mp4: ${line}`));
  const screen = recorder();
  const live = liveReport(screen, false, '/v');
  live.file(done);
  live.close();
  expect(shown(screen.text()).slice(1)).toEqual(TOLD.map((line) => `  ${line}`));
  const json = recorder();
  jsonReport(json, recorder()).file(done);
  expect(JSON.parse(json.lines()[0] ?? '').analysis).toEqual(ANALYSIS);
});

test('live: a terminal that does not know its width is taken for a usual one', () => {
  const screen = Object.assign(recorder(), { columns: 0 });
  const report = liveReport(screen, false, '/v');
  report.file(status());
  report.close();
  expect(shown(screen.text())[0]).toContain('enhancing');
});

test('a file name cannot command the terminal', () => {
  const screen = recorder();
  const report = liveReport(screen, false, '/v');
  report.file(status({ file: 'a\x1b[2J\x07.mp4', stage: 'failed', error: { code: 'x', message: 'b\x1b]0;me\x07' } }));
  report.close();
  expect(screen.text()).not.toContain('\x1b[2J');
  expect(screen.text()).not.toContain('\x07');
  expect(safe('a\r\nb\u202ec')).toBe('a��b�c');
});

test('columns are filled exactly', () => {
  expect(inColumns('abc', 5)).toBe('abc  ');
  expect(inColumns('abcdef', 5)).toBe('abcd…');
  expect(inColumns('日本語', 6)).toBe('日本語');
  expect(inColumns('日本語', 5)).toBe('日本…');
  expect(inColumns('日本語', 4)).toBe('日 …');
});

test('sizes read well', () => {
  expect([0, 1, 1023, 1024, 1536, 10 * 1024, 5e9].map(bytes)).toEqual([
    '0 bytes',
    '1 byte',
    '1023 bytes',
    '1.0 KiB',
    '1.5 KiB',
    '10 KiB',
    '4.7 GiB',
  ]);
});
