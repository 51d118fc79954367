import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { FAILURE_CODES, PROBLEM_CODES } from './codes.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const SOURCES = globSync('{core,pipeline,adapters,lambdas,infra}/**/*.ts', { cwd: ROOT })
  .filter((path) => !path.endsWith('.test.ts'))
  .map((path) => readFileSync(join(ROOT, path), 'utf8'));
const found = (pattern: RegExp) =>
  new Set(SOURCES.flatMap((source) => [...source.matchAll(pattern)].map(([, ...groups]) => groups.join(' '))));

it('lists every code that a call is refused with, and its status', () => {
  const thrown = found(/(?:new (?:RequestError|Overuse)|\bproblem)\(\s*(\d+),\s*'(\w+)'/g);
  expect(thrown.size).toBeGreaterThan(20);
  const listed = new Set(PROBLEM_CODES.map(([code, status]) => `${status} ${code}`));
  expect([...thrown].filter((each) => !listed.has(each))).toEqual([]);
});

it('lists every code that a video is refused with', () => {
  const thrown = found(/new BadInput\(\s*'(\w+)'/g);
  expect(thrown.size).toBeGreaterThan(5);
  const listed = new Set(FAILURE_CODES.map(([code]) => code));
  expect([...thrown].filter((each) => !listed.has(each))).toEqual([]);
});

it('lists none that is not there, and none twice', () => {
  for (const codes of [PROBLEM_CODES, FAILURE_CODES].map((list) => list.map(([code]) => code))) {
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => !SOURCES.some((source) => source.includes(`'${code}'`)))).toEqual([]);
  }
});
