import type { ColorTags } from '../../media.ts';
import { clamp } from '../look.ts';
import { MATRICES } from '../matrices.ts';
import { between, short } from './repair.ts';

/** Black point, white point, gamma, balance and colour as one lookup of each sample. Levels are 0 to 255, full range. */
export interface Tone {
  /** What becomes black. */
  black: number;
  /** What becomes white. */
  white: number;
  /** What light is multiplied by, between those two: 2 is one stop more. */
  light: number;
  /** What each channel is multiplied by first. */
  gains: { r: number; g: number; b: number };
  /** What chroma is multiplied by. */
  chroma: number;
}

export const PLAIN_TONE: Tone = { black: 0, white: 255, light: 1, gains: { r: 1, g: 1, b: 1 }, chroma: 1 };

/** Levels that nobody sees as a step. */
const UNSEEN = 3;

/** Where a level goes, 0 to 255. Never falls as the level rises. */
export function toned({ black, white, light }: Omit<Tone, 'gains' | 'chroma'>, level: number, gain = 1): number {
  return 255 * levelOf(light * lightOf(clamp((weighed(level, gain) - black) / (white - black), 0, 1)));
}

/**
 * From here up, what is made weaker nears white all the same: there, a sensor was at its end, and whatever it showed was
 * white once.
 */
const KNEE = 160;

/** A level times what its channel is multiplied by. */
function weighed(level: number, gain: number): number {
  if (gain >= 1 || level < KNEE) return level * gain;
  return 255 - (255 - level) * steepness(gain);
}

function steepness(gain: number): number {
  return (255 - KNEE * gain) / (255 - KNEE);
}

function weighing(gain: number): string {
  if (gain === 1) return 'val';
  if (gain > 1) return `val*${short(gain)}`;
  return `if(lt(val,${KNEE}),val*${short(gain)},255-(255-val)*${short(steepness(gain))})`;
}

/** How much light a level stands for, both 0 to 1: the curve of cameras. ITU-R BT.709 */
export function lightOf(level: number): number {
  return level < 0.081 ? level / 4.5 : ((level + 0.099) / 1.099) ** (1 / 0.45);
}

export function levelOf(light: number): number {
  return clamp(light < 0.018 ? 4.5 * light : 1.099 * light ** 0.45 - 0.099, 0, 1);
}

export function mixTones(a: Tone, b: Tone, at: number): Tone {
  const gain = (channel: 'r' | 'g' | 'b') => between(a.gains[channel], b.gains[channel], at);
  return {
    black: between(a.black, b.black, at),
    white: between(a.white, b.white, at),
    light: between(a.light, b.light, at),
    gains: { r: gain('r'), g: gain('g'), b: gain('b') },
    chroma: between(a.chroma, b.chroma, at),
  };
}

/** The largest difference in levels between the two, in what no eye sees: below 1 they are as good as the same. */
export function toneDistance(a: Tone, b: Tone): number {
  let largest = 127 * Math.abs(a.chroma - b.chroma) * 0.5;
  for (const channel of ['r', 'g', 'b'] as const) {
    for (let level = 0; level <= 255; level += 15) {
      const difference = toned(a, level, a.gains[channel]) - toned(b, level, b.gains[channel]);
      largest = Math.max(largest, Math.abs(difference));
    }
  }
  return largest / UNSEEN;
}

export function hasCast({ gains }: Tone): boolean {
  return gains.r !== 1 || gains.g !== 1 || gains.b !== 1;
}

/**
 * On Y, U and V as they are, of limited range: half the work of going through RGB. Exact for levels; where light is added,
 * chroma grows by what luma does on average.
 */
export function lookupYuv(tone: Tone): string {
  const { black, white, light, chroma } = tone;
  const low = 16 + (219 * black) / 255;
  const span = (219 * (white - black)) / 255;
  const luma = brightened(`clip((val-${short(low)})/${short(span)},0,1)`, light, [16.5, 219]);
  // Samples are cut off, not rounded: hence the half.
  const color = chroma === 1 ? '' : `:u='${colors(chroma)}':v='${colors(chroma)}'`;
  return `lutyuv=y='${luma}'${color}`;
}

/** On R, G and B. Its chroma is left to `chromaYuv`. */
export function lookupRgb(tone: Tone): string {
  const { black, white, light, gains } = tone;
  const channel = (gain: number) =>
    brightened(`clip((${weighing(gain)}-${short(black)})/${short(white - black)},0,1)`, light, [0.5, 255]);
  return `lutrgb=r='${channel(gains.r)}':g='${channel(gains.g)}':b='${channel(gains.b)}'`;
}

export function chromaYuv(chroma: number): string {
  return `lutyuv=u='${colors(chroma)}':v='${colors(chroma)}'`;
}

/** Through light and back, as an expression of FFmpeg's, which keeps numbers by `st` and `ld`. */
function brightened(level: string, light: number, [offset, scale]: [number, number]): string {
  if (light === 1) return `${offset}+${scale}*${level}`;
  const more = `${short(light)}*if(lt(ld(0),0.081),ld(0)/4.5,pow((ld(0)+0.099)/1.099,1/0.45))`;
  const back = 'if(lt(ld(1),0.018),4.5*ld(1),1.099*pow(ld(1),0.45)-0.099)';
  return `st(0,${level});st(1,${more});${offset}+${scale}*min(1,${back})`;
}

function colors(chroma: number): string {
  return `clip(128.5+(val-128)*${short(chroma)},16,240)`;
}

/** Without a tag the scaler takes BT.601 both ways, so colours come back as they were. */
const EXACT = 'flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp';

export const TO_RGB = [`scale=${EXACT}`, 'format=gbrp'];

export function fromRgb({ matrix }: ColorTags): string[] {
  const back = matrix && MATRICES[matrix];
  return [`scale=${back ? `out_color_matrix=${back}:` : ''}out_range=tv:${EXACT}`, 'format=yuv420p'];
}
