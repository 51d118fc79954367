import { expect, it } from 'vitest';
import { videoTypeOf } from './video-type.ts';

it('believes the browser, then the name, and takes nothing else for a video', () => {
  expect(videoTypeOf({ name: 'a.bin', type: 'video/webm' })).toBe('video/webm');
  expect(videoTypeOf({ name: 'A.MKV', type: '' })).toBe('video/x-matroska');
  expect(videoTypeOf({ name: 'tape.mxf', type: 'application/mxf' })).toBe('video/mxf');
  expect(videoTypeOf({ name: 'notes.txt', type: 'text/plain' })).toBeUndefined();
  expect(videoTypeOf({ name: 'video', type: '' })).toBeUndefined();
});
