import { expect, it } from 'vitest';
import type { ColorTags } from '../media.ts';
import { classic } from './classic.ts';

const plan = (color: Partial<ColorTags>) =>
  classic.plan(
    {
      width: 2,
      height: 2,
      color: { matrix: null, primaries: null, transfer: null, range: null, ...color },
      bitDepth: 8,
    },
    null,
  );

it('goes back to the matrix that the source was in', () => {
  expect(plan({ matrix: 'bt709' }).graph).toContain('out_color_matrix=bt709');
  expect(plan({ matrix: 'bt2020nc' }).graph).toContain('out_color_matrix=bt2020');
});

it('leaves the matrix alone where it would go there and back by the same default', () => {
  for (const matrix of [null, 'ycgco']) {
    expect(plan({ matrix }).graph).not.toContain('out_color_matrix');
    expect(plan({ matrix }).color.matrix).toBe(matrix);
  }
});

it('gives an RGB source a matrix, and says which', () => {
  expect(plan({ matrix: 'gbr' }).graph).toContain('out_color_matrix=bt709');
  expect(plan({ matrix: 'gbr' }).color.matrix).toBe('bt709');
});

it('always ends in limited range, and passes the other tags on', () => {
  const { graph, color } = plan({ range: 'pc', primaries: 'bt2020', transfer: 'smpte2084' });
  expect(graph).toContain('out_range=tv');
  expect(color).toEqual({ matrix: null, primaries: 'bt2020', transfer: 'smpte2084', range: 'tv' });
});
