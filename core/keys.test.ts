import { expect, it } from 'vitest';
import { fileIdOfSource, sourceKey } from './keys.ts';

const id = '5f0c9b7e-8a55-4c1e-9d4b-0c5a7f1f2d11';

it('finds the video of a source key', () => {
  expect(fileIdOfSource(sourceKey(id))).toBe(id);
});

it('takes nothing else for a source', () => {
  for (const key of [
    `uploads/${id}/x`,
    `uploads/../${id}`,
    `x/uploads/${id}`,
    'uploads/',
    `uploads/${id.toUpperCase()}`,
  ]) {
    expect(fileIdOfSource(key)).toBeUndefined();
  }
});
