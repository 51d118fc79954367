import { expect, it } from 'vitest';
import { tooManyVideos } from '../../core/use-limits.ts';
import { refusalAmong } from './use-counts.ts';

const record = { item: {} };
const count = { item: {}, refused: tooManyVideos };

it('refuses for want of room only where nothing else was in the way: that is to be looked at first', () => {
  const lost = (...positions: number[]) => refusalAmong([count, record], (position) => positions.includes(position));
  expect(lost(0)).toMatchObject({ status: 503, code: 'too_many_videos' });
  expect(lost(0, 1)).toBeUndefined();
  expect(lost(1)).toBeUndefined();
  expect(lost()).toBeUndefined();
});
