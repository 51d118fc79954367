import { expect, it } from 'vitest';
import { wayOn } from './way-on.ts';

const SOURCES = import.meta.glob<string>(
  ['../../core/**/*.ts', '../../pipeline/**/*.ts', '../../adapters/**/*.ts', '!**/*.test.ts'],
  { query: '?raw', import: 'default', eager: true },
);

it('advises nobody to try again what cannot succeed: every code of bad input is known', () => {
  const codes = Object.values(SOURCES).flatMap((source) =>
    [...source.matchAll(/new BadInput\(\s*'(\w+)'/g)].map(([, code = '']) => code),
  );
  expect(codes.length).toBeGreaterThan(5);
  expect(codes.filter((code) => wayOn(code) === 'again')).toEqual([]);
});

it('advises to try again what may pass, and to send what never came', () => {
  expect(['internal_error', 'workers_lost', 'no_worker'].map(wayOn)).toEqual(Array(3).fill('again'));
  expect(wayOn('upload_expired')).toBe('send');
});
