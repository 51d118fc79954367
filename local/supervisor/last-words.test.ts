import { expect, it } from 'vitest';
import { lastWords } from './last-words.ts';

it('finds the error in what Node prints of one that nobody caught', () => {
  const printed = `{"level":"info","message":"started"}
file:///reelight/find.ts:59
  return new TransientError('ffmpeg_missing', why);
         ^

TransientError: ffmpeg was not found. Install FFmpeg.
    at missing (file:///reelight/find.ts:59:10)
    at main.ts:44:18 {
  retryable: true,
  code: 'ffmpeg_missing'
}

Node.js v24.21.0`;
  expect(lastWords(printed.split('\n'))).toBe('TransientError: ffmpeg was not found. Install FFmpeg.');
});

it('takes the last line of what is no error, in plain words', () => {
  expect(lastWords(['one', 'two', ''])).toBe('two');
  expect(lastWords(['{"level":"error","message":"a request failed","error":"no table","stack":"…"}'])).toBe(
    'a request failed: no table',
  );
  expect(lastWords([])).toBeUndefined();
});
