import { expect, it } from 'vitest';
import type { Limits } from '../../client/index.ts';
import { refusalOf, refusalWords, takenWords } from './taken.ts';

const LIMITS: Limits = {
  upload_bytes: 2_000_000_000,
  form_bytes: 4_669_440,
  duration_seconds: 5_400,
  pixels: 8_294_400,
  frame_rate: 120,
};
const file = (size: number, name = 'a.mkv', type = '') => ({ name, type, size });

it('says what is taken, and how much of it once that is known', () => {
  expect(takenWords(undefined)).toBe('MP4, MOV, MKV, WebM and most others.');
  expect(takenWords(LIMITS)).toBe('MP4, MOV, MKV, WebM and most others, each up to 2.0 GB and 1 hour 30 minutes.');
});

it('refuses before a byte is sent what the server would refuse', () => {
  expect(refusalOf(file(2_000_000_000), LIMITS)).toBeUndefined();
  expect(refusalOf(file(2_500_000_000), LIMITS)).toBe(
    'a.mkv is too large: it has 2.5 GB, and up to 2.0 GB are taken here.',
  );
  expect(refusalOf(file(0), LIMITS)).toBe('a.mkv is empty.');
  expect(refusalOf(file(1, 'a.txt', 'text/plain'), LIMITS)).toBe('a.txt is not a video.');
});

it('leaves to the server what it does not know', () => {
  expect(refusalOf(file(1e15), undefined)).toBeUndefined();
});

it('tells of a few by name, and of the rest by their number', () => {
  const refusals = (count: number) => Array.from({ length: count }, (_, at) => `${at} is empty.`);
  expect(refusalWords(refusals(4))).toBe('0 is empty. 1 is empty. 2 is empty. 3 is empty.');
  expect(refusalWords(refusals(200))).toBe('0 is empty. 1 is empty. 2 is empty. 197 more files were not taken either.');
});
