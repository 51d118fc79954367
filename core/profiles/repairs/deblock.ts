import { isDrawn } from './drawn.ts';
import { between, type FilterRepair, round } from './repair.ts';

/** How strongly the 8×8 grid shows: above 1. */
export type Blocks = number;

/** Fine texture looks a little like blocks, and would suffer. */
const SEEN = 1.6;
const SURE = 0.5;

export const deblock: FilterRepair<Blocks> = {
  judge: (look) => {
    const { value, confidence } = look.blockiness;
    const values = { grid: round(value) };
    const say = (verdict: 'good' | 'left', found: string, done: string) => ({
      setting: null,
      finding: { subject: 'blocking' as const, verdict, found, done, confidence: round(confidence), values },
    });
    if (value < SEEN) return say('good', 'No blocks are to be seen.', 'Nothing was to be done.');
    const found = `Its compression shows: steps are ${round(value, 1)} times stronger along the grid of blocks.`;
    if (confidence < SURE) return say('left', found, 'It is not certain that these are blocks: they were left.');
    if (isDrawn(look)) return say('left', found, 'It seems drawn so, in squares: they were left.');
    return {
      setting: value,
      finding: {
        subject: 'blocking',
        verdict: 'mended',
        found,
        done: 'The edges of blocks were smoothed.',
        confidence: round(confidence),
        values: { ...values, quantizer: quantizer(value) },
      },
    };
  },
  distance: (a, b) => Math.abs(quantizer(a) - quantizer(b)) / 2,
  mix: between,
  none: 1,
  filters: (value) => [`spp=quality=3:qp=${quantizer(value)}`],
};

/** For `spp`, whose unit is MPEG's quantizer. More takes texture along with the blocks. */
function quantizer(value: number): number {
  return value < 2 ? 2 : 4;
}
