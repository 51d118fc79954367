import type { Look } from '../look.ts';
import { nothingToGoBy } from './drawn.ts';
import { type Judgement, round } from './repair.ts';

export interface Gains {
  r: number;
  g: number;
  b: number;
}

/** Below this share hardly anybody sees a cast, and cameras leave as much: what is shown may as well be of that colour. */
const SEEN = 0.05;
const CERTAIN = 0.16;
/**
 * So little of the colours is their own in sepia and other toned pictures, which measure up to 0.08. With a cast, the
 * greyest of streets measure 0.17.
 */
const TONED = 0.12;
/** Light of so strong a colour is meant: a sunset, a stage, a grade. Of what is mended in docs/quality.md, none is over 0.21. */
const MEANT = 0.3;
/** From here on, a channel may have been cut off, and says less than it should. */
const CUT_OFF = 252;
/** There has to be something bright to judge white by. */
const BRIGHT = 90;

/**
 * A cast tints everything by the same share; things have colours of their own, each another. So only what the brightest,
 * the bright and all parts together agree on is the light's: of three opinions the mildest counts, and none where they
 * contradict each other. Green is what the others are weighed against, as it makes up most of what is seen as bright.
 */
export function judgeBalance(look: Look): Judgement<Gains> {
  const { luma, saturation, tints: parts } = look;
  const { r, g, b } = look.channels;
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
  const nothing = nothingToGoBy(look);
  if (nothing) return say('left', found, `${nothing}: it was left as it is.`, 0.6);
  if (parts.own < TONED) {
    return say('left', found, 'It has no other colour, as toned pictures have none: it was left as it is.', 0.7);
  }
  if (!certain) return say('left', found, 'So little may be the colour of what it shows: it was left.', 0.4);
  if (luma.p95 < BRIGHT) {
    return say('left', found, 'Nothing in it is bright enough to tell by what is white: it was left as it is.', 0.4);
  }
  if (opposed(parts)) {
    return say('left', found, 'Its dark parts are tinted the other way, so that it seems meant: it was left.', 0.7);
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

/** How strong tints have to be to be opposed to each other: twice what is seen. */
const GRADED = 2 * SEEN;

/**
 * Light tints dark and bright parts alike. Where they are tinted by opposite colours, as film is graded, it was no light:
 * as directions of red and blue, more than 120° apart.
 */
function opposed({ dark, bright }: Look['tints']): boolean {
  const [one, other] = [dark, bright].map(({ r, b }) => [Math.log(Math.max(r, 0.01)), Math.log(Math.max(b, 0.01))]);
  const [[r1 = 0, b1 = 0] = [], [r2 = 0, b2 = 0] = []] = [one, other];
  const lengths = [Math.hypot(r1, b1), Math.hypot(r2, b2)] as const;
  if (Math.min(...lengths) < GRADED) return false;
  return r1 * r2 + b1 * b2 < -0.5 * lengths[0] * lengths[1];
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
