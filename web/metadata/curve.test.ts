import { expect, it } from 'vitest';
import { curve, HEIGHT, WIDTH } from './curve.ts';

it('stands on the lower edge, as wide as the drawing, and reaches the top where all others end', () => {
  const path = curve([0, 4, 1, 0], 4);
  expect(path).toMatch(new RegExp(`^M0 ${HEIGHT}L.*L${WIDTH} ${HEIGHT}Z$`));
  expect(path).toContain(`L${WIDTH * 0.375} 0`);
  // A quarter of the tallest stands half as high.
  expect(path).toContain(`L${WIDTH * 0.625} ${HEIGHT / 2}`);
});

it('draws nothing of nothing', () => {
  expect(curve([], 1)).toBe('');
  expect(curve([0, 0], 0)).toBe('');
});
