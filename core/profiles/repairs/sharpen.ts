import { clamp } from '../look.ts';
import { between, type FilterRepair, round } from './repair.ts';

/** How much of the picture's detail is added to it once more. */
export type Amount = number;

/**
 * Sharp edges measure 0.65 and more, good lenses 0.8 to 1.2; a blur of one pixel 0.4 to 0.7, of two less than 0.5. What
 * could be either is left: sharpening what is sharp harms it more than a little softness does.
 */
const SOFT = 0.58;
const SURE = 0.4;
/** Beyond this, edges get rims. */
const MOST = 2;

export const sharpen: FilterRepair<Amount> = {
  judge: ({ sharpness: { value, confidence }, noise }) => {
    const values = { sharpness: round(value) };
    const say = (verdict: 'good' | 'left', found: string, done: string) => ({
      setting: null,
      finding: { subject: 'sharpness' as const, verdict, found, done, confidence: round(confidence), values },
    });
    if (value >= SOFT) return say('good', 'Its edges are sharp.', 'Nothing was to be done.');
    const found = `The picture is soft: its edges are ${round(value)} where sharp ones are 0.65 and more.`;
    if (confidence < SURE) return say('left', found, 'There are too few edges to be certain: it was left as it is.');
    if (noise.fine > 4) return say('left', found, 'Sharpening would bring its noise out, too: it was left as it is.');
    const amount = clamp(0.6 + (SOFT - value) * 7, 0.6, MOST);
    return {
      setting: amount,
      finding: {
        subject: 'sharpness',
        verdict: 'mended',
        found,
        done: 'Its edges were sharpened.',
        confidence: round(confidence),
        values: { ...values, amount: round(amount) },
      },
    };
  },
  distance: (a, b) => Math.abs(a - b) / 0.25,
  mix: between,
  none: 0,
  filters: (amount) =>
    passes(amount).map((kernel) => `convolution=0m='${kernel.join(' ')}':0rdiv=${1 / (16 * FINENESS)}`),
};

/** Kernels are of whole numbers: so many to one. */
const FINENESS = 100;

/**
 * What `unsharp` does with seven by seven samples, by two passes over three by three, for which FFmpeg has code that is
 * twice as fast. With t for what the blur of [1 2 1] takes away, seven samples are that blur three times, and sharpening
 * is 1 + amount · (1 − (1 − t)³), for which (1 + a·t)(1 − c·t) does: exactly so at t = ¼ and 1, and to 5 % in between. What is
 * sharpened too much at the finest is smoothed last, so that nothing is rounded before it is made stronger.
 */
function passes(amount: Amount): number[][] {
  const [p, q] = [2.75 * amount, 1.75 * amount];
  const c = (Math.sqrt(p * p + 4 * q) - p) / 2;
  return [kernel(p + c), kernel(-c)];
}

/** By so much of what the blur takes away, the picture becomes more. */
function kernel(more: number): number[] {
  const [corner, side] = [Math.round(-FINENESS * more), Math.round(-2 * FINENESS * more)];
  const center = 16 * FINENESS - 4 * (corner + side);
  return [corner, side, corner, side, center, side, corner, side, corner];
}
