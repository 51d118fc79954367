import { expect, it } from 'vitest';
import { anonymousClient } from '../pipeline/accept-upload.ts';
import { endOfHour, hourOf, spenderOf, tooManyUploads, tooManyVideos } from './use-limits.ts';

const limits = { uploadsPerHour: 50, videosInFlight: 100 };

it('says when to come back: with the next hour of the clock', () => {
  const refused = tooManyUploads(limits, new Date('2026-01-01T10:47:30.500Z'));
  expect(refused).toMatchObject({ status: 429, code: 'too_many_uploads', retryAfterSeconds: 750, retryable: false });
  expect(refused.message).toBe('You have begun 50 videos within this hour, as many as one may. Go on in 13 minutes.');
  expect(tooManyUploads(limits, new Date('2026-01-01T10:59:59.999Z'))).toMatchObject({ retryAfterSeconds: 1 });
  expect(tooManyUploads(limits, new Date('2026-01-01T10:00:00Z'))).toMatchObject({ retryAfterSeconds: 3600 });
});

it('blames nobody for what all do together', () => {
  expect(tooManyVideos()).toMatchObject({ status: 503, code: 'too_many_videos', retryAfterSeconds: 60 });
});

it('counts by the hour', () => {
  expect(hourOf(new Date('2026-01-01T10:59:59.999Z'))).toBe('2026-01-01T10');
  expect(endOfHour(new Date('2026-01-01T23:59:59.999Z'))).toEqual(new Date('2026-01-02T00:00:00Z'));
  expect(endOfHour(new Date('2026-01-01T10:00:00Z'))).toEqual(new Date('2026-01-01T11:00:00Z'));
});

it('counts all together who do not say who they are', () => {
  const spender = (client_id: string) => spenderOf({ owner: null, client_id });
  expect(spender(anonymousClient('a'))).toBe(spender(anonymousClient('b')));
  expect(spender('my-laptop')).toBe('my-laptop');
});

it('counts who signed in, whatever their clients are called', () => {
  expect(spenderOf({ owner: 'ana', client_id: 'laptop' })).toBe(spenderOf({ owner: 'ana', client_id: 'phone' }));
  expect(spenderOf({ owner: 'ben', client_id: 'laptop' })).toBe('ben');
});
