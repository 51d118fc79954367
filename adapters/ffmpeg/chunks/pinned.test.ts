import { expect, it } from 'vitest';
import type { Encoder } from '../encoders.ts';
import { pinned } from './pinned.ts';

const encoder: Encoder = { name: 'libx264', container: 'mp4', options: () => ['-crf', '23'] };

/** The parameters of an encode, by name. */
function paramsOf(start: number | null, onward: number, pictures: number, threads = 1): Record<string, string> {
  const options = pinned(encoder, threads, { start, onward }, { pictures }).options(1);
  expect(options.slice(0, 4)).toEqual(['-crf', '23', '-threads', String(threads)]);
  expect(options[4]).toBe('-x264-params');
  return Object.fromEntries((options[5] ?? '').split(':').map((param) => param.split('=', 1).concat(param)));
}

it('gives the first picture of a chunk in the middle what one that stands alone gets', () => {
  expect(paramsOf(null, 0, 250).zones).toBeUndefined();
  expect(paramsOf(null, 0, 250).ipratio).toBeUndefined();
  expect(paramsOf(100, 0, 250)).toMatchObject({ zones: 'zones=0,0,b=1.4', ipratio: 'ipratio=1.4' });
  const late = pinned(encoder, 1, { start: 100, onward: 0 }, { pictures: 250, isLate: true }).options(1);
  expect(late.join(' ')).toContain('zones=0,0,b=1.25');
});

it('holds the last pictures up by how much they would be worth, each once, and no more than there are', () => {
  const whole = 'zones=214,225,b=1.030/226,237,b=1.100/238,243,b=1.280/244,247,b=1.500/248,249,b=1.800';
  expect(paramsOf(null, 1, 250).zones).toBe(whole);
  expect(paramsOf(100, 1, 250).zones).toBe(whole.replace('zones=', 'zones=0,0,b=1.4/'));
  // The root of each; what is less than a hundredth is left out.
  expect(paramsOf(null, 0.25, 250).zones).toBe('zones=226,237,b=1.024/238,243,b=1.064/244,247,b=1.107/248,249,b=1.158');
  expect(paramsOf(null, 1, 5).zones).toBe('zones=1,2,b=1.500/3,4,b=1.800');
  expect(paramsOf(null, 1, 1).zones).toBeUndefined();
});

it('is divided evenly by pictures that stand alone', () => {
  const apart = (pictures: number) => Number(paramsOf(null, 0, pictures).keyint?.split('=')[1]);
  expect([0, 3, 250, 300].map(apart)).toEqual([312, 312, 312, 312]);
  expect(apart(600)).toBe(312);
  expect(apart(601)).toBe(213);
});
