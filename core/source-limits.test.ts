import { describe, expect, it } from 'vitest';
import { BadInput } from './errors.ts';
import { goneBeyond, lengthInWords, refuseBeyond } from './source-limits.ts';

const limits = { seconds: 3600, pixels: 1920 * 1080, frameRate: 60 };
const within = { seconds: 3600, width: 1920, height: 1080, frameRate: 60 };

describe('a header', () => {
  it('may say what is just within the limits, or nothing', () => {
    expect(() => refuseBeyond(within, limits)).not.toThrow();
    expect(() => refuseBeyond({ seconds: 0, width: 0, height: 0, frameRate: 0 }, limits)).not.toThrow();
  });

  it.each([
    ['too_long', { seconds: 7501 }, 'This video is 2 hours 5 minutes long: videos of up to 1 hour are taken here.'],
    ['too_large', { width: 1921 }, 'The pictures of this video are 1921 × 1080: up to 2.1 megapixels are taken here.'],
    ['too_large', { width: 1, height: 1e9 }, 'The pictures of this video are 1 × 1000000000: up to 2.1 megapixels'],
    ['too_large', { width: 17_000, height: 100 }, 'are 17000 × 100: sides of up to 16384 pixels are taken here.'],
    ['too_fast', { frameRate: 90_000 }, 'This video has 90000 pictures a second: up to 60 are taken here.'],
  ])('is refused with %s: %o', (code, claimed, words) => {
    expect(() => refuseBeyond({ ...within, ...claimed }, limits)).toThrow(BadInput);
    expect(() => refuseBeyond({ ...within, ...claimed }, limits)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });
});

describe('what comes of it', () => {
  it('may be as much as the limits allow together', () => {
    expect(goneBeyond({ seconds: 3600, frames: 3600 * 60 }, limits)).toBeUndefined();
  });

  it('ends the work where it is more', () => {
    expect(goneBeyond({ seconds: 3600.1, frames: 10 }, limits)).toMatchObject({ code: 'too_long', retryable: false });
    expect(goneBeyond({ seconds: 1, frames: 3600 * 60 + 1 }, limits)).toMatchObject({ code: 'too_fast' });
  });
});

it.each([
  [1, '1 second'],
  [59.2, '1 minute'],
  [61, '1 minute 1 second'],
  [3600, '1 hour'],
  [43_200, '12 hours'],
  [86_400 * 2 + 60, '2 days'],
  [1e12, '31709 years 289 days'],
])('%d seconds are %s', (seconds, words) => {
  expect(lengthInWords(seconds)).toBe(words);
});
