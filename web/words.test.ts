import { expect, it } from 'vitest';
import { PROFILE_NAMES } from '../core/profiles/names.ts';
import { bytes, clock, PROFILE_ORDER, sentenceCase, span, when } from './words.ts';

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 kB'],
  [1_234_567, '1.2 MB'],
  [123_456_789, '123 MB'],
  [20e9, '20.0 GB'],
])('says how much %d bytes are', (size, words) => expect(bytes(size)).toBe(words));

it.each([
  [0, '0:00'],
  [65.9, '1:05'],
  [3_725, '1:02:05'],
  [Number.NaN, '0:00'],
])('shows %d seconds on a clock', (seconds, shown) => expect(clock(seconds)).toBe(shown));

it.each([
  [5.28, '5.3 s'],
  [59.6, '1 min'],
  [61, '1 min 1 s'],
  [7_260, '2 h 1 min'],
])('says how long %d seconds are', (seconds, words) => expect(span(seconds)).toBe(words));

it('names days by their distance, not by hours', () => {
  const now = new Date(2026, 10, 24, 0, 30);
  expect(when(new Date(2026, 10, 24, 0, 10).toISOString(), now)).toMatch(/^today, /);
  expect(when(new Date(2026, 10, 23, 23, 50).toISOString(), now)).toMatch(/^yesterday, /);
  expect(when(new Date(2026, 10, 22, 23, 50).toISOString(), now)).toContain('2026');
});

it('makes words of names', () => expect(sentenceCase('colour_cast')).toBe('Colour cast'));

it('offers the profiles the server has, its own choice first', () => expect(PROFILE_ORDER).toEqual([...PROFILE_NAMES]));
