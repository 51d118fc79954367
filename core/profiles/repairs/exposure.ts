import { clamp, type Look } from '../look.ts';
import { nothingToGoBy } from './drawn.ts';
import { type Judgement, percent, round } from './repair.ts';
import { lightOf } from './tone.ts';

/** What light is multiplied by. */
export type Light = number;

/** Below the one, nothing in the picture is bright, and below the other most of it is dark: both, or it is meant. */
const BRIGHTEST = 155;
const MIDDLE = 75;
/** Where the brightest hundredth goes: white things are there, and some room is left above. */
const TARGET = 238;
/** Two and a half stops: beyond, there is more noise than picture. */
const MOST = 6;
/** At night there are a few lights before much dark; what got too little light has the contrasts of day. */
const NIGHT = 9;
const BLACK = 0.1;
/** Of what is darker, the most that is given would make no more than half of what it should be: night, or lost. */
const NOTHING_TO_SEE = 48;
/** How far brightness may change within a scene before it is a fade. */
const FADE = 60;

/** Pictures that got too little light. Those that got too much have lost what would have to be brought back. */
export function judgeExposure(look: Look): Judgement<Light> {
  const { luma, clipped, unrest } = look;
  const { p50, p99 } = luma;
  const values = { median: round(p50), brightest: round(p99) };
  const middle = `half of it is below level ${Math.round(p50)} of 255`;
  const say = (verdict: 'good' | 'left', found: string, done: string, confidence: number): Judgement<Light> => ({
    setting: null,
    finding: { subject: 'exposure', verdict, found, done, confidence, values },
  });
  if (clipped.white > 0.2) {
    const lost = `In ${percent(clipped.white)} of the picture, everything is white.`;
    return say('left', lost, 'What is lost there cannot be brought back: it was left as it is.', 0.7);
  }
  if (p99 > BRIGHTEST || p50 > MIDDLE) {
    return say('good', `The picture is bright enough: ${middle}.`, 'Nothing was to be done.', 0.9);
  }
  const dark = `The picture is dark: ${middle}, and nearly all below ${Math.round(p99)}.`;
  const left = (why: string) => say('left', dark, `${why}: it was left as it is.`, 0.5);
  const nothing = nothingToGoBy(look);
  if (nothing) return left(nothing);
  if (nothingToSee(look)) return left('There is next to nothing to see in it');
  if (unrest > FADE) return left('Its brightness changes as it goes, as in a fade');
  if (p99 / Math.max(p50, 1) > NIGHT || clipped.black > BLACK) {
    return left('It shows a few bright things before much dark, as at night');
  }
  const light = clamp(lightOf(TARGET / 255) / lightOf(p99 / 255), 1, MOST);
  const stops = Math.log2(light);
  return {
    setting: light,
    finding: {
      subject: 'exposure',
      verdict: 'mended',
      found: dark,
      done: `It was given ${round(light, 1)} times the light (${round(stops, 1)} stops), so that white things are white again.`,
      confidence: clamp(0.4 + stops / 3, 0.5, 0.95),
      values: { ...values, light: round(light), stops: round(stops) },
    },
  };
}

export function nothingToSee(look: Look | undefined): boolean {
  return look === undefined || look.luma.p99 < NOTHING_TO_SEE;
}
