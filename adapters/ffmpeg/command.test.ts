import { describe, expect, it } from 'vitest';
import type { ColorTags, VideoFacts } from '../../core/media.ts';
import { plainFacts } from '../../test/plain-facts.ts';
import { encodeCommand } from './command.ts';
import { ENCODERS, type Encoder } from './encoders.ts';

const [MP4, AVI] = [ENCODERS[0], ENCODERS.at(-1)] as [Encoder, Encoder];
const UNTAGGED: ColorTags = { matrix: null, primaries: null, transfer: null, range: 'tv' };

function commandOf(encoder: Encoder, video: Partial<VideoFacts>, color: Partial<ColorTags> = {}): string {
  const plan = { graph: '', color: { ...UNTAGGED, ...color }, findings: [] };
  const shared = { input: ['-i', 'in.mp4'], audioEncoder: 'aac', output: 'out' };
  return encodeCommand({ ...shared, facts: plainFacts(video), plan, encoder }).join(' ');
}

describe('colours, which an MP4 names and an AVI does not', () => {
  const SMALL = { width: 720, height: 576 };
  const convertedOf = (encoder: Encoder, size: Partial<VideoFacts>, matrix: string | null) =>
    /scale=in_color_matrix=(\w+):out_color_matrix=(\w+)/.exec(commandOf(encoder, size, { matrix }))?.slice(1);

  it('are left alone in an MP4', () => {
    expect(convertedOf(MP4, SMALL, 'bt709')).toBeUndefined();
    expect(commandOf(MP4, SMALL, { matrix: 'bt709' })).toContain('setparams=colorspace=bt709');
  });

  it.each([
    ['small', SMALL, 'bt709', ['bt709', 'smpte170m']],
    ['small', SMALL, 'smpte170m', undefined],
    ['wide', { width: 1280, height: 534 }, 'smpte170m', ['smpte170m', 'bt709']],
    ['upright', { width: 720, height: 1280 }, 'smpte170m', ['smpte170m', 'bt709']],
    ['large', { width: 1920, height: 1080 }, 'bt709', undefined],
    ['large', { width: 1920, height: 1080 }, 'bt2020nc', ['bt2020', 'bt709']],
    ['small', SMALL, null, undefined],
    ['small', SMALL, 'ycgco', undefined],
  ])('become in an AVI what players take a %s one for: %j in %s', (_, size, matrix, expected) => {
    expect(convertedOf(AVI, size, matrix)).toEqual(expected);
  });
});

it.each([
  [{ frameRate: 25, variable: false }, false],
  [{ frameRate: 20, variable: true }, true],
  [{ frameRate: 0, variable: false }, true],
  [{ frameRate: 120, variable: true }, false],
])('an AVI has a place for each picture of %j', (video, isTold) => {
  expect(commandOf(AVI, video).includes(' -r 60 ')).toBe(isTold);
  expect(commandOf(MP4, video)).not.toContain(' -r ');
});
