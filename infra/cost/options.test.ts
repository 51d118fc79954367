import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

it('fills in what was not said', () => {
  expect(readOptions({ 'minutes-per-month': '1000' })).toEqual({
    preset: 'prod',
    region: undefined,
    json: false,
    load: { minutes: 1000, profile: 'adaptive', videoMinutes: 3, views: 2, keepMonths: 1, burstsPerDay: 4 },
  });
  const said = { 'minutes-per-month': '0', profile: 'classic', preset: 'dev', region: 'eu-west-1', json: true };
  expect(readOptions(said)).toMatchObject({
    preset: 'dev',
    region: 'eu-west-1',
    json: true,
    load: { profile: 'classic' },
  });
});

it.each([
  [{}, '--minutes-per-month must be a number, 0 or more'],
  [{ 'minutes-per-month': 'many' }, '--minutes-per-month must be a number'],
  [{ 'minutes-per-month': '-1' }, '--minutes-per-month must be a number'],
  [{ 'minutes-per-month': '' }, '--minutes-per-month must be a number'],
  [{ 'minutes-per-month': '1', 'video-minutes': '0' }, '--video-minutes must be a number from 0.01 on'],
  [{ 'minutes-per-month': '1', profile: 'vivid' }, '--profile must be one of adaptive, classic, passthrough'],
  [{ 'minutes-per-month': '1', preset: 'stage' }, '--preset must be one of dev, prod'],
])('refuses %j', (values, message) => {
  expect(() => readOptions(values)).toThrow(message);
});
