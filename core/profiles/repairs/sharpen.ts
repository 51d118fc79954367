import { clamp } from '../look.ts';
import { between, type FilterRepair, round, short } from './repair.ts';

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
  filters: (amount) => [`unsharp=lx=7:ly=7:la=${short(amount)}:ca=0`],
};
