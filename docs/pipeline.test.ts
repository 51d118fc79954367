import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const PIPELINE = join(import.meta.dirname, '../pipeline');

it('the story of a video names each of its steps, once, and no other', () => {
  const story = readFileSync(join(PIPELINE, 'README.md'), 'utf8');
  const told = [...story.matchAll(/\]\(([\w-]+\.ts)\)/g)].map(([, name = '']) => name);
  const steps = readdirSync(PIPELINE).filter((name) => /^[\w-]+\.ts$/.test(name));
  expect(told.sort()).toEqual(steps.sort());
});
