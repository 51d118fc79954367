import type { Scene } from '../../analysis.ts';
import type { Percentiles } from '../../measures.ts';
import type { Finding } from '../../report.ts';
import { type Look, median } from '../look.ts';
import { judgeBalance } from './balance.ts';
import { judgeContrast } from './contrast.ts';
import { judgeExposure, nothingToSee } from './exposure.ts';
import type { Repair } from './repair.ts';
import { judgeSaturation } from './saturation.ts';
import { mixTones, PLAIN_TONE, type Tone, toneDistance, toned } from './tone.ts';

export interface ToneJudgement {
  setting: Tone | null;
  findings: Finding[];
}

/** Tones as a repair that is put together from what several judges say. */
export const tone: Omit<Repair<Tone>, 'judge'> = { distance: toneDistance, mix: mixTones, none: PLAIN_TONE };

/** So many times the range, and it was not the same light: a fade takes as much of the range as it has of plain colour. */
const FADED = 1.4;
/** Seconds in which most fades change the range by more than twice this share: what stays within it is a shot at rest. */
const LOOKED_AT = 0.5;
const STEADY = 0.1;

/**
 * What comes gradually from a scene with another range, or becomes one, is a fade and no damage, unless it was seen at
 * rest: also what comes by a cut and is on its way to black at once. Such a passage is treated as the shot that it belongs
 * to, so that the shot does not change as it goes; without one, it is left.
 */
export function judgeTones(scenes: Pick<Scene, 'begins'>[], looks: Look[]): ToneJudgement[] {
  const passing = looks.map((look, i) => isPassage(look, gradualNeighbours(i)));
  const judged = looks.map((look, i) => judgeTone(look, passing[i] ?? false));
  return judged.map((own, i) => (passing[i] && !nothingToSee(looks[i]) && shotOf(i)) || own);

  function gradualNeighbours(i: number): Look[] {
    return [
      ...(scenes[i]?.begins === 'gradual' ? [looks[i - 1]] : []),
      ...(scenes[i + 1]?.begins === 'gradual' ? [looks[i + 1]] : []),
    ].filter((look) => look !== undefined);
  }

  /** The nearest that no cut separates from the passage. */
  function shotOf(passage: number): ToneJudgement | undefined {
    let [back, on] = [passage, passage];
    for (let step = 0; step < scenes.length; step++) {
      if (scenes[back]?.begins === 'gradual') back--;
      if (scenes[on + 1]?.begins === 'gradual') on++;
      const found = [back, on].find((i) => passing[i] === false);
      if (found !== undefined) return judged[found];
    }
    return undefined;
  }
}

function isPassage(look: Look, gradualNeighbours: Look[]): boolean {
  const range = rangeOf(look);
  const others = gradualNeighbours.map(rangeOf);
  return others.some((other) => Math.max(other / range, range / other) > FADED) && !atRest(look);
}

function atRest({ frames }: Look): boolean {
  const [first, last] = [frames[0]?.time ?? 0, frames.at(-1)?.time ?? 0];
  const ranges = frames.map(rangeOf);
  const middle = median(ranges);
  return last - first >= LOOKED_AT && median(ranges.map((range) => Math.abs(range - middle))) <= STEADY * middle;
}

function rangeOf({ luma: { p01, p99 } }: Pick<Look, 'luma'>): number {
  return Math.max(p99 - p01, 1);
}

function judgeTone(look: Look, fading: boolean): ToneJudgement {
  const contrast = judgeContrast(fading ? { ...look, unrest: 255 } : look);
  const levels = { black: 0, white: 255, ...contrast.setting };
  const stretched = contrast.setting ? { ...look, luma: stretch(look.luma, levels) } : look;
  const exposure = judgeExposure(fading ? { ...stretched, unrest: 255 } : stretched);
  const balance = judgeBalance(look);
  const light = exposure.setting ?? 1;
  // By what steps between levels grow, on average: colours are to grow with them.
  const factor = (255 / (levels.white - levels.black)) * light ** 0.45;
  const saturation = judgeSaturation(look, factor);
  const findings = [exposure, contrast, balance, saturation].map(({ finding }) => finding);
  if (!contrast.setting && !exposure.setting && !balance.setting) return { setting: null, findings };
  return {
    setting: {
      ...levels,
      light,
      gains: balance.setting ?? PLAIN_TONE.gains,
      chroma: saturation.setting ?? 1,
    },
    findings,
  };
}

function stretch(luma: Look['luma'], levels: { black: number; white: number }): Look['luma'] {
  const at = (level: number) => toned({ ...levels, light: 1 }, level);
  const percentiles: Percentiles = {
    ...{ p01: at(luma.p01), p05: at(luma.p05), p50: at(luma.p50) },
    ...{ p95: at(luma.p95), p99: at(luma.p99) },
  };
  return { ...percentiles, mean: at(luma.mean) };
}
