import type { Look } from '../look.ts';
import { type Judgement, round } from './repair.ts';

export interface Gains {
  r: number;
  g: number;
  b: number;
}

/** Below this share hardly anybody sees a cast, and cameras leave as much: what is shown may as well be of that colour. */
const SEEN = 0.05;
const CERTAIN = 0.16;
/** Light of so strong a colour is meant: a sunset, a stage. */
const MEANT = 0.4;
/** From here on, a channel may have been cut off, and says less than it should. */
const CUT_OFF = 252;
/** There has to be something bright to judge white by. */
const BRIGHT = 90;

/**
 * A cast tints everything by the same share; things have colours of their own, each another. So only what the brightest,
 * the bright and all parts together agree on is the light's: of three opinions the mildest counts, and none where they
 * contradict each other. Green is what the others are weighed against, as it makes up most of what is seen as bright.
 */
export function judgeBalance({ channels: { r, g, b }, luma, saturation }: Look): Judgement<Gains> {
  const tints = [tintOf(r, g), tintOf(b, g)] as const;
  const [red, blue] = [tints[0].ratio, tints[1].ratio];
  const cast = Math.max(Math.abs(red - 1), Math.abs(blue - 1));
  const certain = tints.some(({ ratio, sure }) => sure && Math.abs(ratio - 1) >= CERTAIN);
  const values = { red: round(red, 3), blue: round(blue, 3) };
  const say = (verdict: 'good' | 'left', found: string, done: string, confidence: number): Judgement<Gains> => ({
    setting: null,
    finding: { subject: 'colour_cast', verdict, found, done, confidence, values },
  });
  if (saturation < 0.01) return say('good', 'The picture is black and white.', 'Nothing was to be done.', 0.9);
  if (cast < SEEN) return say('good', 'No tint lies over the picture.', 'Nothing was to be done.', 0.8);
  const found = `The picture is tinted ${nameOf(red, blue)}, by ${Math.round(cast * 100)} %.`;
  if (!certain) return say('left', found, 'So little may be the colour of what it shows: it was left.', 0.4);
  if (luma.p95 < BRIGHT) {
    return say('left', found, 'Nothing in it is bright enough to tell by what is white: it was left as it is.', 0.4);
  }
  if (cast > MEANT) return say('left', found, 'Light of so strong a colour seems meant: it was left as it is.', 0.6);
  const setting = { r: round(1 / red, 3), g: 1, b: round(1 / blue, 3) };
  return {
    setting,
    finding: {
      subject: 'colour_cast',
      verdict: 'mended',
      found,
      done: 'Red and blue were weighed against green, so that white things are white.',
      confidence: 0.7,
      values: { ...values, gain_red: setting.r, gain_blue: setting.b },
    },
  };
}

type Channel = Look['channels']['r'];

/**
 * How much stronger one channel is than green, by the mildest opinion; 1 where opinions contradict each other. Where the
 * brightest parts were cut off, nobody knows whether they were white, so the rest is not enough to be sure by; but when
 * the other channel has a cast for certain, mending only that one would change how bright the picture is.
 */
function tintOf(channel: Channel, green: Channel): { ratio: number; sure: boolean } {
  const [brightest, bright, norm] = (['p99', 'p95', 'norm'] as const).map((at) => ({
    ratio: channel[at] / Math.max(green[at], 1),
    // Even what was cut off says which way, if not how far, once it is far enough from the weaker one.
    cutOff: Math.max(channel[at], green[at]) >= CUT_OFF && Math.abs(channel[at] / Math.max(green[at], 1) - 1) < SEEN,
  }));
  const opinions = [brightest, bright, norm].flatMap((opinion) => (!opinion || opinion.cutOff ? [] : [opinion.ratio]));
  const ratio = mildest(opinions);
  if (!brightest?.cutOff) return { ratio, sure: true };
  // A channel that was cut off was strong: then it is not made stronger yet.
  return { ratio: channel.p99 >= CUT_OFF ? Math.max(ratio, 1) : ratio, sure: false };
}

function mildest(ratios: number[]): number {
  if (ratios.length === 0) return 1;
  if (ratios.every((ratio) => ratio > 1)) return Math.min(...ratios);
  if (ratios.every((ratio) => ratio < 1)) return Math.max(...ratios);
  return 1;
}

function nameOf(red: number, blue: number): string {
  if (red > 1 === blue > 1) return red > 1 ? 'magenta' : 'green';
  return Math.abs(red - 1) > Math.abs(blue - 1) ? (red > 1 ? 'red' : 'cyan') : blue > 1 ? 'blue' : 'yellow';
}
