import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findFfmpeg } from '../../../adapters/ffmpeg/find-ffmpeg.ts';
import {
  levelOf,
  lightOf,
  lookupRgb,
  lookupYuv,
  mixTones,
  PLAIN_TONE,
  type Tone,
  toneDistance,
  toned,
} from './tone.ts';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const anyTone: fc.Arbitrary<Tone> = fc.record({
  black: number(0, 110),
  white: number(150, 255),
  light: number(1, 6),
  gains: fc.record({ r: number(0.65, 1.5), g: fc.constant(1), b: number(0.65, 1.5) }),
  chroma: number(1, 3),
});

it('never makes a brighter level darker than a darker one, in any channel', () => {
  fc.assert(
    fc.property(anyTone, (tone) => {
      for (const gain of Object.values(tone.gains)) {
        let before = -1;
        for (let level = 0; level <= 255; level++) {
          const after = toned(tone, level, gain);
          expect(after).toBeGreaterThanOrEqual(before);
          expect(after).toBeLessThanOrEqual(255);
          before = after;
        }
      }
    }),
  );
});

it('goes from level to light and back', () => {
  for (let level = 0; level <= 1; level += 0.01) expect(levelOf(lightOf(level))).toBeCloseTo(level, 2);
});

it('mixes from the one to the other', () => {
  fc.assert(
    fc.property(anyTone, (tone) => {
      expect(toneDistance(mixTones(PLAIN_TONE, tone, 0), PLAIN_TONE)).toBeCloseTo(0);
      expect(toneDistance(mixTones(PLAIN_TONE, tone, 1), tone)).toBeCloseTo(0);
    }),
  );
});

/** A grey ramp, a pixel a level, through the filter. */
function throughFfmpeg(filter: string, format: 'gray' | 'gbrp', input: number[]): number[] {
  const plane = Buffer.from(input);
  const planes = format === 'gray' ? plane : Buffer.concat([plane, plane, plane]);
  const size = `${input.length}x1`;
  const raw = ['-f', 'rawvideo', '-pix_fmt', format, '-s', size];
  const args = [
    '-v',
    'error',
    ...raw,
    '-i',
    'pipe:0',
    '-vf',
    filter,
    ...['-f', 'rawvideo', '-pix_fmt', format, 'pipe:1'],
  ];
  return [...execFileSync(findFfmpeg().ffmpeg, args, { input: planes }).subarray(0, input.length)];
}

const TONES: Tone[] = [
  { ...PLAIN_TONE, black: 50, white: 200, chroma: 1.7 },
  { ...PLAIN_TONE, light: 4.2 },
  { ...PLAIN_TONE, black: 20, white: 180, light: 2, gains: { r: 0.8, g: 0.8, b: 0.8 } },
];

it('has FFmpeg do in RGB what it says, to the nearest level', () => {
  const ramp = Array.from({ length: 256 }, (_, level) => level);
  for (const tone of TONES) {
    const made = throughFfmpeg(lookupRgb(tone), 'gbrp', ramp);
    for (const [i, level] of made.entries()) {
      expect(Math.abs(level - toned(tone, i, tone.gains.g))).toBeLessThanOrEqual(0.51);
    }
  }
});

it('does the same to luma of limited range', () => {
  const ramp = Array.from({ length: 220 }, (_, i) => i + 16);
  for (const tone of TONES.slice(0, 2)) {
    // A grey picture is luma alone, and FFmpeg takes it for one of limited range.
    const [luma = ''] = lookupYuv(tone).split(":u='");
    for (const [i, level] of throughFfmpeg(luma, 'gray', ramp).entries()) {
      const wanted = 16 + (219 / 255) * toned(tone, (i * 255) / 219);
      expect(Math.abs(level - wanted)).toBeLessThanOrEqual(0.51);
    }
  }
});
