import { expect, test } from 'vitest';
import { videoTypeOf } from './video-type.ts';

test('believes the browser, then the name, and takes nothing else for a video', () => {
  expect(videoTypeOf({ name: 'a.bin', type: 'video/webm' })).toBe('video/webm');
  expect(videoTypeOf({ name: 'A.MKV' })).toBe('video/x-matroska');
  expect(videoTypeOf({ name: 'tape.mxf', type: 'application/mxf' })).toBe('video/mxf');
  expect(videoTypeOf({ name: 'cat.gif', type: 'image/gif' })).toBe('video/x-gif');
  expect(videoTypeOf({ name: 'VTS_01_1.VOB' })).toBe('video/mpeg');
  expect(videoTypeOf({ name: 'notes.txt', type: 'text/plain' })).toBeUndefined();
  for (const name of ['video', 'mkv', 'a.', 'a.mp4.bak', 'a.constructor'])
    expect(videoTypeOf({ name })).toBeUndefined();
});
