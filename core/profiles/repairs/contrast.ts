import { clamp, type Look } from '../look.ts';
import { nothingToGoBy } from './drawn.ts';
import { type Judgement, round } from './repair.ts';

/** What stretches a washed-out picture. Levels of 255. */
export interface Levels {
  black: number;
  white: number;
}

/** In a full picture, the darkest hundredth lies below this, or the brightest above that. Soft light leaves some haze. */
const DEEP = 36;
const BRIGHT = 225;
/** Where the darkest and the brightest hundredth of a stretched picture go: a little is left for what lies beyond. */
const DARKEST = 8;
const BRIGHTEST = 240;
/** No picture is stretched by more. */
const MOST = 2.5;
const WORTH_IT = 1.35;
/** Mostly this bright, and it is meant to be: snow, a white wall. */
const HIGH_KEY = 185;

/** Washed-out pictures have no black, and no white either: the one alone may be meant. */
export function judgeContrast(look: Look): Judgement<Levels> {
  const { luma, unrest } = look;
  const { p01, p50, p99 } = luma;
  const values = { darkest: round(p01), brightest: round(p99) };
  const range = `its levels run from ${Math.round(p01)} to ${Math.round(p99)} of 255`;
  if (p01 < DEEP || p99 > BRIGHT) {
    return {
      setting: null,
      finding: {
        subject: 'contrast',
        verdict: 'good',
        found: `The picture has enough contrast: ${range}.`,
        done: 'Nothing was to be done.',
        confidence: 0.9,
        values,
      },
    };
  }
  const left = (done: string): Judgement<Levels> => ({
    setting: null,
    finding: {
      subject: 'contrast',
      verdict: 'left',
      found: `The picture has little contrast: ${range}.`,
      done,
      confidence: 0.5,
      values,
    },
  });
  const nothing = nothingToGoBy(look);
  if (nothing) return left(`${nothing}: it was left as it is.`);
  if (p50 > HIGH_KEY) return left('It is a bright one all over and seems meant so: it was left as it is.');
  if (p99 < 48) return left('There is next to nothing to see in it: it was left as it is.');
  if (unrest > 60) return left('Its brightness changes as it goes, as in a fade: it was left as it is.');
  const stretch = Math.min((BRIGHTEST - DARKEST) / Math.max(p99 - p01, 1), MOST);
  if (stretch < WORTH_IT) return left('Stretching it would gain next to nothing: it was left as it is.');
  const black = clamp(p01 - DARKEST / stretch, 0, 110);
  const white = Math.min(black + 255 / stretch, 255);
  return {
    setting: { black, white },
    finding: {
      subject: 'contrast',
      verdict: 'mended',
      found: `The picture is washed out: ${range}.`,
      done: `Its levels were stretched by ${round(stretch, 1)}, so that dark parts are dark and bright parts bright again.`,
      confidence: clamp((stretch - 1) * 2, 0.5, 0.95),
      values: { ...values, black: round(black), white: round(white), stretch: round(stretch) },
    },
  };
}
