import { expect, it } from 'vitest';
import { shortage } from './shortage.ts';

const ended = (changes: Partial<Parameters<typeof shortage>[0]>) =>
  shortage({ code: 1, signal: null, stderr: '', ...changes });

it.each([
  ['disk_full', { stderr: 'av_interleaved_write_frame(): No space left on device' }],
  ['disk_full', { stderr: 'Error writing trailer of chunk.mp4: File too large' }],
  ['out_of_memory', { stderr: 'Error while filtering: Cannot allocate memory' }],
  ['out_of_memory', { stderr: 'x264 [error]: malloc of size 26999616 failed' }],
  ['out_of_memory', { code: null, signal: 'SIGKILL' as const }],
])('knows %s', (code, how) => {
  expect(ended(how)).toMatchObject({ code, retryable: true });
});

it('does not take for it what is none', () => {
  expect(ended({ stderr: 'Invalid data found when processing input' })).toBeUndefined();
  expect(ended({ code: null, signal: 'SIGTERM' })).toBeUndefined();
  expect(ended({ code: 0, stderr: 'Cannot allocate memory' })).toBeUndefined();
});
