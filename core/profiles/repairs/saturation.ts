import { clamp, type Look } from '../look.ts';
import { type Judgement, round } from './repair.ts';

/** As colourful as most videos are, at least. */
const PALE = 0.06;
const NONE = 0.012;
/** As colourful as a meadow in the sun: colours that are nearly there have not faded along with the light. */
const LIVELY = 0.28;
/** No colours are made stronger by more, beyond what stretching the levels does to them. */
const MOST = 1.25;

/**
 * How much stronger colours become.
 *
 * @param stretch what the levels are stretched by: colours go with it, as they faded with the levels
 */
export function judgeSaturation({ saturation }: Look, stretch: number): Judgement<number> {
  const values = { saturation: round(saturation, 3), stretch: round(stretch) };
  if (saturation < NONE) {
    return good('The picture has no colours, or hardly any.', values);
  }
  const after = saturation * stretch;
  const washed = stretch > 1.12;
  if (!washed && saturation >= PALE) return good('Its colours are as strong as usual.', values);
  if (!washed) {
    return {
      setting: null,
      finding: {
        subject: 'saturation',
        verdict: 'left',
        found: 'Its colours are pale.',
        done: 'They may be meant so: they were left as they are.',
        confidence: 0.4,
        values,
      },
    };
  }
  const factor = Math.min(stretch * clamp(PALE / Math.max(after, 0.001), 1, MOST), Math.max(1, LIVELY / saturation));
  if (factor < 1.05) return good('Its colours are as strong as usual, though its contrast is not.', values, 1);
  return {
    setting: factor,
    finding: {
      subject: 'saturation',
      verdict: 'mended',
      found: 'Its colours are pale, as its contrast is.',
      done: `They were made ${round(factor, 1)} times stronger, along with the contrast.`,
      confidence: 0.7,
      values: { ...values, factor: round(factor) },
    },
  };
}

/** @param setting given where levels are stretched without the colours */
function good(found: string, values: Record<string, number>, setting: number | null = null): Judgement<number> {
  return {
    setting,
    finding: {
      subject: 'saturation',
      verdict: 'good',
      found,
      done: 'Nothing was to be done.',
      confidence: 0.7,
      values,
    },
  };
}
