import type { Scene } from '../../analysis.ts';
import type { Percentiles } from '../../measures.ts';
import type { Finding } from '../../report.ts';
import type { Look } from '../look.ts';
import { judgeBalance } from './balance.ts';
import { judgeContrast } from './contrast.ts';
import { judgeExposure } from './exposure.ts';
import type { Repair } from './repair.ts';
import { judgeSaturation } from './saturation.ts';
import { mixTones, PLAIN_TONE, type Tone, toneDistance, toned } from './tone.ts';

export interface ToneJudgement {
  setting: Tone | null;
  findings: Finding[];
}

/** Tones as a repair that is put together from what several judges say. */
export const tone: Omit<Repair<Tone>, 'judge'> = { distance: toneDistance, mix: mixTones, none: PLAIN_TONE };

export function judgeTones(scenes: Pick<Scene, 'begins'>[], looks: Look[]): ToneJudgement[] {
  return looks.map((look, i) => {
    // A dark scene that a bright one grows out of, or fades into, is a fade and no damage.
    const neighbours = [
      ...(scenes[i]?.begins === 'gradual' ? [looks[i - 1]] : []),
      ...(scenes[i + 1]?.begins === 'gradual' ? [looks[i + 1]] : []),
    ];
    return judgeTone(
      look,
      neighbours.some((other) => other && other.luma.p99 > 1.4 * look.luma.p99),
    );
  });
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
