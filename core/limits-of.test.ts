import { expect, it } from 'vitest';
import { sourceLimitsOf, useLimitsOf } from './limits-of.ts';
import { DEFAULT_SOURCE_LIMITS } from './source-limits.ts';
import { DEFAULT_USE_LIMITS } from './use-limits.ts';

it('takes limits from the environment', () => {
  const env = { MAX_DURATION_SECONDS: '60', MAX_PIXELS: '1000', MAX_FRAME_RATE: '50.5' };
  expect(sourceLimitsOf(env)).toEqual({ seconds: 60, pixels: 1000, frameRate: 50.5 });
  const use = { MAX_UPLOADS_PER_HOUR: '7', MAX_VIDEOS_IN_FLIGHT: '9' };
  expect(useLimitsOf(use)).toEqual({ uploadsPerHour: 7, videosInFlight: 9 });
});

it.each([{}, { MAX_DURATION_SECONDS: '', MAX_UPLOADS_PER_HOUR: '' }, { MAX_PIXELS: '-1', MAX_VIDEOS_IN_FLIGHT: 'x' }])(
  'is never without limits: %o',
  (env) => {
    expect(sourceLimitsOf(env)).toEqual(DEFAULT_SOURCE_LIMITS);
    expect(useLimitsOf(env)).toEqual(DEFAULT_USE_LIMITS);
  },
);
