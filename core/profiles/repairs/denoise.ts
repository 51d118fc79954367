import type { FrameMeasures } from '../../measures.ts';
import { clamp, median } from '../look.ts';
import { isDrawn } from './drawn.ts';
import { between, type FilterRepair, round, short } from './repair.ts';

/** Strength of the noise that is taken away: σ in levels of 255. */
export type Noise = number;

/** Below this σ nobody sees grain, and what is measured is as likely texture. */
const SEEN = 1.8;
const FINE = 1;
const SURE = 0.5;
/** No more is taken for noise, however rough the picture is. */
const MOST = 18;
/** What is left at half size is more than it should be where noise was compressed, but also where there is texture. */
const COMPRESSED = 3;
const COARSE_MOST = { plain: 1.1, compressed: 1.8 };

/**
 * `atadenoise` averages each sample over five pictures where those differ little, `nlmeans` then over alike patches
 * around it. Together they cost a third of what `nlmeans` alone does for the same gain, and look two pictures ahead and
 * back, no further. More of the one smears what moves, more of the other takes fine texture along: docs/quality.md.
 */
const TEMPORAL = 1.5;
const SPATIAL = 0.34;

export const denoise: FilterRepair<Noise> = {
  judge: (look) => {
    const { noise, frames } = look;
    const sigma = median(frames.map(grainOf));
    const suspected = median(frames.map(({ noise }) => sigmaOf(noise)));
    const values = { fine: round(noise.fine), coarse: round(noise.coarse), sigma: round(suspected) };
    const say = (verdict: 'good' | 'left', found: string, done: string) => ({
      setting: null,
      finding: { subject: 'noise' as const, verdict, found, done, confidence: round(noise.confidence), values },
    });
    if (noise.fine < FINE || suspected < SEEN)
      return say('good', 'There is no noise to speak of.', 'Nothing was to be done.');
    const found = `The picture is noisy: grain of about ${round(suspected, 1)} levels of 255.`;
    if (sigma < SEEN) return say('left', found, 'It may as well be fine detail: it was left as it is.');
    if (isDrawn(look)) return say('left', found, 'It seems drawn, and made of fine lines: it was left as it is.');
    return {
      setting: sigma,
      finding: {
        subject: 'noise',
        verdict: 'mended',
        found,
        done: 'Grain was averaged away over neighbouring pictures and over alike places in each.',
        confidence: round(noise.confidence),
        values: { ...values, strength: round(sigma) },
      },
    };
  },
  distance: (a, b) => Math.abs(a - b) / (0.25 * Math.max(a, b, 2)),
  mix: between,
  none: 0,
  // `rc=1` leaves chroma out: there, a third of the time would go into what `chromaFilters` do in a hundredth.
  filters: (sigma) => [`nlmeans=s=${short(Math.max(1, SPATIAL * sigma))}:p=3:r=3:rc=1`, ...chromaFilters(sigma)],
};

/**
 * Chroma, beyond what is done over time: each sample is kept within its neighbours' range (2), or, where grain is coarse,
 * averaged with them (11). Little grain is left, since it would be colour's own detail that went.
 */
function chromaFilters(sigma: Noise): string[] {
  if (sigma < 4) return [];
  const mode = sigma < 8 ? 2 : 11;
  return [`removegrain=m1=${mode}:m2=${mode}`];
}

/**
 * Over time. Only for a video that is noisy from end to end, and then by what its calmest scene bears: when FFmpeg's
 * timeline turns this filter off, it shows the wrong pictures (seen in 5.1 and 9.0).
 */
export function denoiseOverTime(settings: (Noise | null)[]): string[] {
  const noisy = settings.filter((setting) => setting !== null);
  if (noisy.length === 0 || noisy.length < settings.length) return [];
  const low = clamp((TEMPORAL * Math.min(...noisy)) / 255, 0.01, 0.15);
  const options = [0, 1, 2].flatMap((plane) => [`${plane}a=${short(low)}`, `${plane}b=${short(2 * low)}`]);
  return [`atadenoise=${options.join(':')}:s=5`];
}

/** σ of what is surely noise in a frame. */
function grainOf({ noise }: FrameMeasures): Noise {
  return noise.fine < FINE || noise.confidence < SURE ? 0 : sigmaOf(noise);
}

/** Compressed noise has lost its finest part, and shows best at half size. */
function sigmaOf({ fine, coarse }: FrameMeasures['noise']): Noise {
  const most = fine < COMPRESSED ? COARSE_MOST.compressed : COARSE_MOST.plain;
  return Math.min(Math.max(1.09 * fine, Math.min(2 * coarse, most * 1.09 * fine)), MOST);
}
